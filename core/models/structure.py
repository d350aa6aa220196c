"""What a network consists of, as plain numbers: layers, units, blocks, sizes, parameters, multiply-adds. No TensorFlow.

A *unit* is what can be frozen on its own: in a VGG one convolution, in a residual network the stem and each residual
block, in MobileNetV2 the stem, each inverted residual block, and the last 1x1 convolution. A *block* is a run of units
that see the picture at one size; every network here has five, so every network has six stops of the freeze control.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import prod
from typing import Literal

BATCHNORM_FIELDS = ("gamma", "beta", "moving_mean", "moving_variance")


@dataclass(frozen=True)
class Layer:
    """One layer that holds weights.

    Attributes:
        name: its name in the model, which holds no "/".
        kind: "conv", "depthwise" or "batchnorm".
        shapes: of its weights, in the order of the published files: kernel, bias; or gamma, beta, moving mean, moving
            variance.
        file_name: what published files call it.
        seen_at: the size its output has: its unit's "input" or "output" size, or a single "point".
    """

    name: str
    kind: Literal["conv", "depthwise", "batchnorm"]
    shapes: tuple[tuple[int, ...], ...]
    file_name: str
    seen_at: Literal["input", "output", "point"] = "output"

    @property
    def fields(self) -> tuple[str, ...]:
        """Names of the weights in Keras, in the order of `shapes`."""
        return BATCHNORM_FIELDS if self.kind == "batchnorm" else ("kernel", "bias")[: len(self.shapes)]

    @property
    def trainable_parameters(self) -> int:
        """Numbers that train when the unit does; moving statistics of a BatchNorm never do."""
        return sum(prod(shape) for shape in (self.shapes[:2] if self.kind == "batchnorm" else self.shapes))

    @property
    def fixed_parameters(self) -> int:
        """Moving statistics."""
        return sum(prod(shape) for shape in self.shapes[2:]) if self.kind == "batchnorm" else 0


@dataclass(frozen=True)
class Unit:
    """What can be frozen on its own.

    Attributes:
        name: "conv1_1", "stem", ...; unique in its network.
        block: the block it belongs to, "block1" to "block5".
        weight_layers: its layers that hold weights, in the order the picture passes them.
        stride: 2 where the unit halves the picture itself, rounded up.
        pool: what follows it: "half" a 2x2 pooling, "stem" the 3x3 pooling of a ResNet's stem, "average" the 7x7
            average at a ResNet's end, "" nothing.
    """

    name: str
    block: str
    weight_layers: tuple[Layer, ...]
    stride: int = 1
    pool: Literal["", "half", "stem", "average"] = ""

    @property
    def layers(self) -> tuple[str, ...]:
        """Names of its layers that hold weights, as in the model."""
        return tuple(layer.name for layer in self.weight_layers)

    @property
    def trainable_parameters(self) -> int:
        """Numbers that train when the unit is not frozen."""
        return sum(layer.trainable_parameters for layer in self.weight_layers)

    @property
    def fixed_parameters(self) -> int:
        """Numbers that never train: moving statistics of BatchNorm."""
        return sum(layer.fixed_parameters for layer in self.weight_layers)

    @property
    def parameters(self) -> int:
        """All numbers of the unit."""
        return self.trainable_parameters + self.fixed_parameters

    @property
    def channels(self) -> int:
        """Channels of its output."""
        return [layer for layer in self.weight_layers if layer.kind == "conv"][-1].shapes[0][-1]

    def output_size_px(self, size_px: int) -> int:
        """Return the side of its output before the pooling that follows, for an input of side `size_px`."""
        return -(-size_px // self.stride)

    def size_behind_px(self, size_px: int) -> int:
        """Return the side of what the next unit sees, for an input of side `size_px`."""
        size_px = self.output_size_px(size_px)
        if self.pool == "half":
            return size_px // 2
        if self.pool == "stem":
            return max(0, (size_px - 3) // 2 + 1)
        return size_px // 7 if self.pool == "average" else size_px

    def macs(self, size_px: int) -> int:
        """Return the multiply-adds of its convolutions for one picture of side `size_px` at its input."""
        sides = {"input": size_px, "output": self.output_size_px(size_px), "point": 1}
        kernels = (layer for layer in self.weight_layers if layer.kind != "batchnorm")
        return sum(prod(layer.shapes[0]) * sides[layer.seen_at] ** 2 for layer in kernels)


@dataclass(frozen=True)
class Architecture:
    """A backbone without its top.

    Attributes:
        name: name of the backbone in the registry.
        units: from the input side.
        feature_channels: channels of what it gives.
        top_layers: layers some published files hold beyond the backbone; they are left aside.
        named_otherwise: its published file uses other names, and Keras itself reads it by the order of its layers.
    """

    name: str
    units: tuple[Unit, ...]
    feature_channels: int
    top_layers: tuple[str, ...]
    named_otherwise: bool = False

    @property
    def blocks(self) -> tuple[str, ...]:
        """Names of the blocks, from the input side."""
        return tuple(dict.fromkeys(unit.block for unit in self.units))

    @property
    def parameters(self) -> int:
        """All numbers of the backbone."""
        return sum(unit.parameters for unit in self.units)

    @property
    def weight_layers(self) -> tuple[Layer, ...]:
        """Every layer that holds weights, unit by unit."""
        return tuple(layer for unit in self.units for layer in unit.weight_layers)

    def stops(self) -> tuple[int, ...]:
        """Return the freeze depths at block boundaries, 0 and all units included; VGG16: 0, 2, 4, 7, 10, 13."""
        blocks = [unit.block for unit in self.units]
        last_of_block = [i + 1 for i, block in enumerate(blocks) if block not in blocks[i + 1 :]]
        return (0, *last_of_block)

    def sizes_px(self, image_size_px: int) -> tuple[int, ...]:
        """Return the side at each unit's input, and last the side of the features, for pictures of `image_size_px`."""
        sizes = [image_size_px]
        for unit in self.units:
            sizes.append(unit.size_behind_px(sizes[-1]))
        return tuple(sizes)

    def feature_size_px(self, image_size_px: int) -> int:
        """Return the side of the features of a picture of `image_size_px`; 0 where the picture is too small."""
        return self.sizes_px(image_size_px)[-1]

    def macs(self, image_size_px: int) -> tuple[int, ...]:
        """Return the multiply-adds of each unit for one picture; twice as many floating point operations."""
        sizes = self.sizes_px(image_size_px)
        return tuple(unit.macs(size) for unit, size in zip(self.units, sizes, strict=False))
