"""The seven backbones as plain numbers: layers, units, blocks, sizes, parameters, multiply-adds. No TensorFlow.

A *unit* is what can be frozen on its own: in a VGG one convolution, in a residual network the stem and each residual
block, in MobileNetV2 the stem, each inverted residual block, and the last 1x1 convolution. A *block* is a run of units
that see the picture at one size; every network here has five, so every network has six freeze boundaries.

The numbers are written down here so that a page can show them without building a network; a test compares them with the
networks that Keras builds.
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from functools import lru_cache, partial
from math import prod
from typing import TYPE_CHECKING, Literal

from core.errors import ConfigError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from core.config import HeadConfig

SizeAt = Literal["input", "output", "point"]
Pool = Literal["", "half", "stem", "average"]
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
        size_at: the size its output has: its unit's "input" or "output" size, or a single "point".
    """

    name: str
    kind: Literal["conv", "depthwise", "batchnorm"]
    shapes: tuple[tuple[int, ...], ...]
    file_name: str
    size_at: SizeAt = "output"

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
    pool: Pool = ""

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
        return sum(prod(layer.shapes[0]) * sides[layer.size_at] ** 2 for layer in kernels)


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

    def freeze_boundaries(self) -> tuple[int, ...]:
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


@dataclass(frozen=True)
class ParameterCounts:
    """Numbers of a classifier: `trainable` (those of the head too), `frozen` (moving statistics too), `head`."""

    trainable: int
    frozen: int
    head: int


def count_parameters(
    backbone: str, freeze_depth: int, head: HeadConfig, n_classes: int, image_size_px: int
) -> ParameterCounts:
    """Count the parameters of a classifier as Keras counts them.

    Args:
        backbone: name in the registry.
        freeze_depth: units from the input side that do not train, 0 to all.
        head: the new last layers.
        n_classes: number of people.
        image_size_px: decides the size of a "flatten" head.

    Raises:
        ConfigError: no such backbone, or the freeze depth is out of range.
    """
    network = architecture(backbone)
    check_freeze_depth(network, freeze_depth)
    size_px = network.feature_size_px(image_size_px) if head.pooling == "flatten" else 1
    sizes = (size_px * size_px * network.feature_channels, *head.hidden, n_classes)
    in_head = sum(a * b + b for a, b in itertools.pairwise(sizes))
    in_backbone = sum(unit.trainable_parameters for unit in network.units[freeze_depth:])
    return ParameterCounts(trainable=in_head + in_backbone, frozen=network.parameters - in_backbone, head=in_head)


def check_freeze_depth(network: Architecture, freeze_depth: int) -> None:
    """Raise ConfigError where `freeze_depth` is not between 0 and the number of units."""
    if not 0 <= freeze_depth <= len(network.units):
        raise ConfigError(
            f'The freeze depth of "{network.name}" must be 0 to {len(network.units)}, received {freeze_depth}; '
            f"whole blocks end at {', '.join(map(str, network.freeze_boundaries()))}."
        )


@lru_cache
def architecture(backbone: str) -> Architecture:
    """Return a backbone's numbers.

    Raises:
        ConfigError: there is none of that name; the message lists them.
    """
    if backbone not in _BUILDERS:
        names = ", ".join(_BUILDERS)
        raise ConfigError(f'There is no backbone "{backbone}"; choose one of {names}.')
    return _BUILDERS[backbone](backbone)


def _conv(name: str, shape: tuple[int, ...], *, bias: bool = True, size_at: SizeAt = "output") -> Layer:
    return Layer(name.replace("/", "_"), "conv", (shape, shape[-1:]) if bias else (shape,), name, size_at)


def _batchnorm(name: str, channels: int) -> Layer:
    return Layer(name.replace("/", "_"), "batchnorm", ((channels,),) * 4, name)


def _vgg(
    name: str, *, widths: tuple[int, ...], depths: tuple[int, ...], layer_name: str, top_layers: tuple[str, ...]
) -> Architecture:
    """A VGG: per block `depths` 3x3 convolutions of `widths` filters, then a 2x2 pooling."""
    units, channels = [], 3
    for block, (width, depth) in enumerate(zip(widths, depths, strict=True), start=1):
        for i in range(1, depth + 1):
            conv = _conv(layer_name.format(block=block, i=i), (3, 3, channels, width))
            units.append(Unit(f"conv{block}_{i}", f"block{block}", (conv,), pool="half" if i == depth else ""))
            channels = width
    return Architecture(name, tuple(units), channels, top_layers)


def _bottleneck_layers(stage: int, block: int, channels: int, width: int, *, squeeze: bool) -> Iterator[Layer]:
    """Layers of one residual block, named as in keras-vggface; the stride sits in its first 1x1."""
    name, wide = f"conv{stage}_{block}", 4 * width
    convs = [
        ("1x1_reduce", (1, 1, channels, width)),
        ("3x3", (3, 3, width, width)),
        ("1x1_increase", (1, 1, width, wide)),
    ]
    if block == 1:
        convs.append(("1x1_proj", (1, 1, channels, wide)))
    for part, shape in convs:
        yield _conv(f"{name}_{part}", shape, bias=False)
        yield _batchnorm(f"{name}_{part}/bn", shape[-1])
    if squeeze:
        yield _conv(f"{name}_1x1_down", (1, 1, wide, wide // 16), size_at="point")
        yield _conv(f"{name}_1x1_up", (1, 1, wide // 16, wide), size_at="point")


def _resnet50(name: str, *, squeeze: bool) -> Architecture:
    """ResNet-50 of keras-vggface, with squeeze-and-excitation or without."""
    stem = (_conv("conv1/7x7_s2", (7, 7, 3, 64), bias=False), _batchnorm("conv1/7x7_s2/bn", 64))
    units, channels = [Unit("stem", "block1", stem, stride=2, pool="stem")], 64
    for stage, (width, depth) in enumerate(zip((64, 128, 256, 512), (3, 4, 6, 3), strict=True), start=2):
        for block in range(1, depth + 1):
            layers = tuple(_bottleneck_layers(stage, block, channels, width, squeeze=squeeze))
            stride = 2 if block == 1 and stage > 2 else 1
            pool: Pool = "average" if stage == 5 and block == depth else ""
            units.append(Unit(f"conv{stage}_{block}", f"block{stage}", layers, stride, pool))
            channels = 4 * width
    return Architecture(name, tuple(units), channels, ("classifier",))


# Filters, stride and block of the 17 inverted residual blocks: Sandler et al., "MobileNetV2", CVPR 2018, table 2.
_INVERTED = (
    [(16, 1, 1), (24, 2, 2), (24, 1, 2), (32, 2, 3)] + [(32, 1, 3)] * 2 + [(64, 2, 4)] + [(64, 1, 4)] * 3
    + [(96, 1, 4)] * 3 + [(160, 2, 5)] + [(160, 1, 5)] * 2 + [(320, 1, 5)]
)  # fmt: skip


def _inverted_layers(i: int, channels: int, filters: int) -> Iterator[Layer]:
    """Layers of one inverted residual block: expand, depthwise, project."""
    prefix, wide = (f"block_{i}_", 6 * channels) if i else ("expanded_conv_", channels)
    parts: list[tuple[str, tuple[int, ...]]] = [("depthwise", (3, 3, wide, 1)), ("project", (1, 1, wide, filters))]
    if i:
        parts.insert(0, ("expand", (1, 1, channels, wide)))
    for part, shape in parts:
        if part == "depthwise":
            yield Layer(f"{prefix}{part}", "depthwise", (shape,), f"{prefix}{part}")
        else:
            size_at: SizeAt = "input" if part == "expand" else "output"
            yield _conv(f"{prefix}{part}", shape, bias=False, size_at=size_at)
        yield _batchnorm(f"{prefix}{part}_BN", filters if part == "project" else wide)


def _mobilenetv2(name: str) -> Architecture:
    """MobileNetV2 of width 1. Its published file has names from before it came to Keras ("mobl1_conv_1_expand")."""
    stem = (_conv("Conv1", (3, 3, 3, 32), bias=False), _batchnorm("bn_Conv1", 32))
    units, channels = [Unit("stem", "block1", stem, stride=2)], 32
    for i, (filters, stride, block) in enumerate(_INVERTED):
        layers = tuple(_inverted_layers(i, channels, filters))
        units.append(Unit(f"block_{i}", f"block{block}", layers, stride))
        channels = filters
    last = (_conv("Conv_1", (1, 1, channels, 1280), bias=False), _batchnorm("Conv_1_bn", 1280))
    units.append(Unit("last", "block5", last))
    return Architecture(name, tuple(units), 1280, ("Logits", "predictions"), named_otherwise=True)


_VGG_WIDTHS, _VGG16_DEPTHS, _VGG19_DEPTHS = (64, 128, 256, 512, 512), (2, 2, 3, 3, 3), (2, 2, 4, 4, 4)
_vggface_vgg16 = partial(_vgg, depths=_VGG16_DEPTHS, layer_name="conv{block}_{i}", top_layers=("fc6", "fc7", "fc8"))
# The layer "embedding" met the space of the teacher that taught it (tools/pretrain).
_face_vgg = partial(_vggface_vgg16, top_layers=("embedding",))
_imagenet_vgg = partial(
    _vgg, widths=_VGG_WIDTHS, layer_name="block{block}_conv{i}", top_layers=("fc1", "fc2", "predictions")
)

_BUILDERS: dict[str, Callable[[str], Architecture]] = {
    "face-vgg-mini": partial(_face_vgg, widths=tuple(width // 4 for width in _VGG_WIDTHS)),
    "face-vgg-midi": partial(_face_vgg, widths=tuple(width // 2 for width in _VGG_WIDTHS)),
    "vggface-vgg16": partial(_vggface_vgg16, widths=_VGG_WIDTHS),
    "vggface2-resnet50": partial(_resnet50, squeeze=False),
    "vggface2-senet50": partial(_resnet50, squeeze=True),
    "imagenet-vgg16": partial(_imagenet_vgg, depths=_VGG16_DEPTHS),
    "imagenet-vgg19": partial(_imagenet_vgg, depths=_VGG19_DEPTHS),
    "imagenet-mobilenetv2": _mobilenetv2,
}
