"""The plain numbers of the backbones, held against the networks Keras really builds."""

from __future__ import annotations

import subprocess
import sys
from math import prod

import pytest

from core.config import HeadConfig, TrainConfig
from core.errors import ConfigError
from core.models import build
from core.models.architectures import architecture, count_parameters
from core.models.classifier import build_classifier
from core.models.registry import BACKBONES
from core.presets import preset


@pytest.mark.parametrize(("depth", "frozen"), [(0, 0), (2, 38_720), (4, 260_160), (7, 1_735_488), (13, 14_714_688)])
def test_the_notebooks_four_depths(depth: int, frozen: int) -> None:
    counts = count_parameters("vggface-vgg16", depth, preset("notebook").head, 3, 224)
    assert counts.frozen == frozen
    assert counts.head == 25088 * 512 + 512 + 512 * 512 + 512 + 512 * 3 + 3
    assert counts.trainable + counts.frozen == 14_714_688 + counts.head


def test_stops_are_block_boundaries() -> None:
    assert architecture("vggface-vgg16").freeze_boundaries() == (0, 2, 4, 7, 10, 13)
    assert architecture("imagenet-vgg19").freeze_boundaries() == (0, 2, 4, 8, 12, 16)
    assert architecture("vggface2-resnet50").freeze_boundaries() == (0, 1, 4, 8, 14, 17)
    for name in BACKBONES:
        network = architecture(name)
        assert network.freeze_boundaries()[-1] == len(network.units)
        assert network.blocks == ("block1", "block2", "block3", "block4", "block5")
        for depth in network.freeze_boundaries()[1:-1]:
            assert network.units[depth - 1].block != network.units[depth].block


@pytest.mark.parametrize(("name", "times"), [("face-vgg-mini", 4), ("face-vgg-midi", 2)])
def test_the_bundled_ones_are_a_quarter_and_half_of_vgg16(name: str, times: int) -> None:
    narrow, full = architecture(name), architecture("vggface-vgg16")
    assert [unit.name for unit in narrow.units] == [unit.name for unit in full.units]
    assert [unit.weight_layers[0].shapes[1][0] * times for unit in narrow.units] == [
        unit.weight_layers[0].shapes[1][0] for unit in full.units
    ]


def test_a_freeze_depth_beyond_the_units_is_refused() -> None:
    for depth in (-1, 14):
        with pytest.raises(ConfigError, match="must be 0 to 13, received"):
            count_parameters("vggface-vgg16", depth, HeadConfig(), 3, 224)


@pytest.mark.parametrize("name", BACKBONES)
def test_counts_are_those_of_keras_at_every_depth(name: str) -> None:
    size_px = BACKBONES[name].smallest_px
    config = TrainConfig(backbone=name, image_size_px=size_px, freeze_depth=0, head=HeadConfig("flatten", (7,)))
    classifier = build_classifier(config, 4, None, precision="float32")
    for depth in range(len(architecture(name).units) + 1):
        classifier.set_trainable_units(depth)
        counts = count_parameters(name, depth, config.head, 4, size_px)
        assert sum(prod(v.shape) for v in classifier.joined.trainable_weights) == counts.trainable, depth
        assert sum(prod(v.shape) for v in classifier.joined.non_trainable_weights) == counts.frozen, depth
    assert sum(prod(v.shape) for v in classifier.joined.trainable_weights) == counts.head


@pytest.mark.parametrize("size_px", [0, 13, 27])
@pytest.mark.parametrize("name", BACKBONES)
def test_sizes_and_work_are_those_of_keras(name: str, size_px: int) -> None:
    size_px += BACKBONES[name].smallest_px
    network, built = architecture(name), build.build_backbone(name, size_px)
    sizes = network.sizes_px(size_px)
    assert [tensor.shape[1] for tensor in build.unit_inputs(built, name)] == list(sizes)
    behind = [tensor.shape[-1] for tensor in build.unit_inputs(built, name)[1:]]
    assert behind == [unit.channels for unit in network.units]
    assert built.output_shape == (None, sizes[-1], sizes[-1], network.feature_channels)
    for unit, macs in zip(network.units, network.macs(size_px), strict=True):
        kernels = [built.get_layer(layer.name) for layer in unit.weight_layers if layer.kind != "batchnorm"]
        assert macs == sum(prod(layer.kernel.shape) * prod(layer.output.shape[1:3]) for layer in kernels), unit.name


def test_vgg16_costs_what_is_known() -> None:
    """15.3 billion multiply-adds for 224 px, as published for its convolutions."""
    assert sum(architecture("vggface-vgg16").macs(224)) == 15_346_630_656


def test_a_picture_too_small_gives_no_features() -> None:
    for name, entry in BACKBONES.items():
        assert architecture(name).feature_size_px(entry.smallest_px) >= 1
    assert architecture("vggface2-resnet50").feature_size_px(196) == 0


def test_units_need_no_tensorflow() -> None:
    code = "import sys, core.models.registry; assert not {'tensorflow', 'keras', 'h5py'} & set(sys.modules)"
    subprocess.run([sys.executable, "-c", code], check=True)


def test_only_a_flattened_head_grows_with_the_picture() -> None:
    average = [count_parameters("face-vgg-mini", 13, HeadConfig(), 5, size).head for size in (96, 224)]
    flatten = [count_parameters("face-vgg-mini", 13, HeadConfig("flatten"), 5, size).head for size in (96, 224)]
    assert average[0] == average[1] == 128 * 5 + 5
    assert flatten == [9 * 128 * 5 + 5, 49 * 128 * 5 + 5]
