"""The seven backbones as plain numbers: their units, and how many parameters train at a freeze depth. No TensorFlow.

The numbers are written down here so that a page can show them without building a network; a test holds them against the
networks that Keras really builds.
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from functools import lru_cache, partial
from typing import TYPE_CHECKING, Literal

from core.errors import ConfigError
from core.models.structure import Architecture, Layer, Unit

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from core.config import HeadConfig

__all__ = ["Architecture", "Layer", "ParameterCounts", "Unit", "architecture", "check_freeze_depth", "count_parameters"]


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
            f"whole blocks end at {', '.join(map(str, network.stops()))}."
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


def _conv(name: str, shape: tuple[int, ...], *, bias: bool = True, seen_at: SeenAt = "output") -> Layer:
    return Layer(name.replace("/", "_"), "conv", (shape, shape[-1:]) if bias else (shape,), name, seen_at)


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
        yield _conv(f"{name}_1x1_down", (1, 1, wide, wide // 16), seen_at="point")
        yield _conv(f"{name}_1x1_up", (1, 1, wide // 16, wide), seen_at="point")


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
            seen_at: SeenAt = "input" if part == "expand" else "output"
            yield _conv(f"{prefix}{part}", shape, bias=False, seen_at=seen_at)
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


SeenAt = Literal["input", "output", "point"]
Pool = Literal["", "half", "stem", "average"]
_VGG_WIDTHS, _VGG16_DEPTHS, _VGG19_DEPTHS = (64, 128, 256, 512, 512), (2, 2, 3, 3, 3), (2, 2, 4, 4, 4)
_vggface_vgg16 = partial(_vgg, depths=_VGG16_DEPTHS, layer_name="conv{block}_{i}", top_layers=("fc6", "fc7", "fc8"))
_imagenet_vgg = partial(
    _vgg, widths=_VGG_WIDTHS, layer_name="block{block}_conv{i}", top_layers=("fc1", "fc2", "predictions")
)

_BUILDERS: dict[str, Callable[[str], Architecture]] = {
    # The layer "embedding" met the space of the teacher that taught it (tools/pretrain).
    "face-vgg-mini": partial(
        _vggface_vgg16, widths=tuple(width // 4 for width in _VGG_WIDTHS), top_layers=("embedding",)
    ),
    "vggface-vgg16": partial(_vggface_vgg16, widths=_VGG_WIDTHS),
    "vggface2-resnet50": partial(_resnet50, squeeze=False),
    "vggface2-senet50": partial(_resnet50, squeeze=True),
    "imagenet-vgg16": partial(_imagenet_vgg, depths=_VGG16_DEPTHS),
    "imagenet-vgg19": partial(_imagenet_vgg, depths=_VGG19_DEPTHS),
    "imagenet-mobilenetv2": _mobilenetv2,
}
