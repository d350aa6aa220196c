"""The registry of ready-made networks: what each is, what it needs, and where its weights come from. No TensorFlow.

Weight addresses are those in the sources of keras-vggface 0.6 (`keras_vggface/utils.py`) and Keras 3.15
(`keras/src/applications/`), MD5 sums those Keras checks its own downloads against. keras-vggface publishes none, and
neither does Keras for MobileNetV2: such files can be checked layer by layer, but stay "unverified".
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from core.errors import ConfigError
from core.models.architectures import architecture, check_freeze_depth

if TYPE_CHECKING:
    from core.config import TrainConfig
    from core.models.architectures import Architecture


@dataclass(frozen=True)
class Preprocessing:
    """What a backbone was trained on: (RGB or BGR picture of 0-255 minus `mean`) times `scale`.

    Attributes:
        bgr: the channels are reversed first.
        mean: one number a channel, in the backbone's own channel order.
        scale: factor after the mean is subtracted.
    """

    bgr: bool
    mean: tuple[float, float, float]
    scale: float = 1.0


@dataclass(frozen=True)
class WeightsFile:
    """The published weights of a backbone.

    Attributes:
        file_name: as published, without the top layers.
        url: where it is published; empty where it comes with the lab.
        md5: official sums of this file and of the one with top layers; empty where none is published.
        sha256: the same, for files of our own.
        licence: what is known of the terms, one sentence.
        bundled: it comes with the lab (`data/weights/`).
    """

    file_name: str
    url: str
    licence: str
    md5: tuple[str, ...] = ()
    sha256: tuple[str, ...] = ()
    bundled: bool = False


@dataclass(frozen=True)
class Backbone:
    """A ready-made network without its top.

    Attributes:
        name: what the command line and the files call it.
        title: what a page calls it.
        description: one plain sentence.
        smallest_px: smallest side of a picture it takes.
        usual_px: the side it was trained on.
        wider: name of the network that is the same but wider, and better on photos of real people; empty: none is.
    """

    name: str
    title: str
    description: str
    smallest_px: int
    usual_px: int
    preprocessing: Preprocessing
    weights: WeightsFile
    wider: str = ""

    @property
    def architecture(self) -> Architecture:
        """Its units, blocks and parameter counts."""
        return architecture(self.name)

    @property
    def size_bytes(self) -> int:
        """About the size of its weights file: four bytes a number."""
        return 4 * self.architecture.parameters


_VGGFACE = "https://github.com/rcmalli/keras-vggface/releases/download/v2.0/"
_KERAS = "https://storage.googleapis.com/tensorflow/keras-applications/"
_RESEARCH_ONLY = (
    "Converted by keras-vggface from {what} of the Visual Geometry Group, Oxford; its README allows "
    "non-commercial research, with the authors named."
)

# Means: keras_vggface.utils.preprocess_input, versions 1 and 2; keras.applications.imagenet_utils, mode "caffe".
_VGGFACE_PREPROCESSING = Preprocessing(bgr=True, mean=(93.5940, 104.7624, 129.1863))
_VGGFACE2_PREPROCESSING = Preprocessing(bgr=True, mean=(91.4953, 103.8827, 131.0912))
_CAFFE_PREPROCESSING = Preprocessing(bgr=True, mean=(103.939, 116.779, 123.68))
_UNIT_RANGE_PREPROCESSING = Preprocessing(bgr=False, mean=(127.5, 127.5, 127.5), scale=1 / 127.5)

_ENTRIES = (
    Backbone(
        name="face-vgg-mini",
        title="Mini",
        description="The shape of VGG, a quarter as wide, taught by another face recogniser; it comes with the lab.",
        smallest_px=32,
        usual_px=96,
        preprocessing=_VGGFACE_PREPROCESSING,
        weights=WeightsFile(
            "face-vgg-mini.h5",
            "",
            "Made for this lab (CC0); see docs/face-vgg-mini.md.",
            sha256=("af97e67d77498e33ee7485b5a665ea338a563ab8de3ad939adc5f4471faee517",),
            bundled=True,
        ),
        wider="face-vgg-midi",
    ),
    Backbone(
        name="face-vgg-midi",
        title="Midi",
        description="As Mini, twice as wide: slower, often better on photos of real people; it comes with the lab.",
        smallest_px=32,
        usual_px=96,
        preprocessing=_VGGFACE_PREPROCESSING,
        weights=WeightsFile(
            "face-vgg-midi.h5",
            "",
            "Made for this lab (CC0); see docs/face-vgg-mini.md.",
            sha256=("f3b455e32ab3ea14b83ce73cea9db30ad0f5fa32cc4d27a1ca3de508263830d4",),
            bundled=True,
        ),
    ),
    Backbone(
        name="vggface-vgg16",
        title="VGG-Face",
        description="The original VGG-Face network, which learned from 2.6 million photos of 2,622 people.",
        smallest_px=48,
        usual_px=224,
        preprocessing=_VGGFACE_PREPROCESSING,
        weights=WeightsFile(
            "rcmalli_vggface_tf_notop_vgg16.h5",
            _VGGFACE + "rcmalli_vggface_tf_notop_vgg16.h5",
            _RESEARCH_ONLY.format(what="VGG-Face"),
        ),
    ),
    Backbone(
        name="vggface2-resnet50",
        title="VGGFace2 ResNet-50",
        description="A deeper network, which learned from 3.3 million photos of about 9,000 people.",
        smallest_px=197,
        usual_px=224,
        preprocessing=_VGGFACE2_PREPROCESSING,
        weights=WeightsFile(
            "rcmalli_vggface_tf_notop_resnet50.h5",
            _VGGFACE + "rcmalli_vggface_tf_notop_resnet50.h5",
            _RESEARCH_ONLY.format(what="VGGFace2 ResNet-50"),
        ),
    ),
    Backbone(
        name="vggface2-senet50",
        title="VGGFace2 SENet-50",
        description="ResNet-50 that also learned which of its channels matter, from the same photos.",
        smallest_px=197,
        usual_px=224,
        preprocessing=_VGGFACE2_PREPROCESSING,
        weights=WeightsFile(
            "rcmalli_vggface_tf_notop_senet50.h5",
            _VGGFACE + "rcmalli_vggface_tf_notop_senet50.h5",
            _RESEARCH_ONLY.format(what="VGGFace2 SENet-50"),
        ),
    ),
    Backbone(
        name="imagenet-vgg16",
        title="VGG16",
        description="The same shape as VGG-Face, but it learned from 1.2 million photos of things, not of faces.",
        smallest_px=32,
        usual_px=224,
        preprocessing=_CAFFE_PREPROCESSING,
        weights=WeightsFile(
            "vgg16_weights_tf_dim_ordering_tf_kernels_notop.h5",
            _KERAS + "vgg16/vgg16_weights_tf_dim_ordering_tf_kernels_notop.h5",
            "Released by the Visual Geometry Group, Oxford, under CC BY 4.0.",
            md5=("6d6bbae143d832006294945121d1f1fc", "64373286793e3c8b2b4e3219cbf3544b"),
        ),
    ),
    Backbone(
        name="imagenet-vgg19",
        title="VGG19",
        description="VGG16 with three more layers; it learned from photos of things.",
        smallest_px=32,
        usual_px=224,
        preprocessing=_CAFFE_PREPROCESSING,
        weights=WeightsFile(
            "vgg19_weights_tf_dim_ordering_tf_kernels_notop.h5",
            _KERAS + "vgg19/vgg19_weights_tf_dim_ordering_tf_kernels_notop.h5",
            "Released by the Visual Geometry Group, Oxford, under CC BY 4.0.",
            md5=("253f8cb515780f3b799900260a226db6", "cbe5617147190e668d6c5d5026f83318"),
        ),
    ),
    Backbone(
        name="imagenet-mobilenetv2",
        title="MobileNetV2",
        description="A small and quick network made for phones; it learned from photos of things.",
        smallest_px=32,
        usual_px=224,
        preprocessing=_UNIT_RANGE_PREPROCESSING,
        weights=WeightsFile(
            "mobilenet_v2_weights_tf_dim_ordering_tf_kernels_1.0_224_no_top.h5",
            _KERAS + "mobilenet_v2/mobilenet_v2_weights_tf_dim_ordering_tf_kernels_1.0_224_no_top.h5",
            "Released by Google under the Apache licence 2.0.",
        ),
    ),
)

BACKBONES: dict[str, Backbone] = {entry.name: entry for entry in _ENTRIES}


def backbone(name: str) -> Backbone:
    """Return one entry of the registry.

    Raises:
        ConfigError: there is none of that name; the message lists them.
    """
    if name not in BACKBONES:
        raise ConfigError(f'There is no backbone "{name}"; choose one of {", ".join(BACKBONES)}.')
    return BACKBONES[name]


def check_config(config: TrainConfig) -> TrainConfig:
    """Check a training's settings against its backbone.

    Returns:
        The settings with `freeze_depth` filled in; None became "all units".

    Raises:
        ConfigError: no such backbone, a picture too small for it, a freeze depth it lacks, or an untrained start
            that it cannot make.
    """
    entry = backbone(config.backbone)
    if config.image_size_px < entry.smallest_px:
        raise ConfigError(
            f'"{entry.name}" needs an image size of {entry.smallest_px} px or more, received {config.image_size_px}; '
            f"it was trained on {entry.usual_px} px."
        )
    if not config.pretrained and not can_start_untrained(config.backbone):
        raise ConfigError(
            f'"{entry.name}" cannot start untrained, since its BatchNorm needs the statistics of its weights file; '
            "choose a VGG network, or start from its weights."
        )
    depth = frozen_units(config)
    check_freeze_depth(entry.architecture, depth)
    return replace(config, freeze_depth=depth)


def can_start_untrained(name: str) -> bool:
    """Return whether a training may start this backbone from random numbers.

    BatchNorm stays in inference mode here, for batches are tiny. Untrained it would not normalise at all, and a
    comparison with the pretrained network would be unfair; so only backbones without BatchNorm may.
    """
    return all(layer.kind != "batchnorm" for layer in backbone(name).architecture.weight_layers)


def frozen_units(config: TrainConfig) -> int:
    """Return how many units are frozen; None in the settings means all.

    Raises:
        ConfigError: no such backbone.
    """
    return len(backbone(config.backbone).architecture.units) if config.freeze_depth is None else config.freeze_depth


def is_all_frozen(config: TrainConfig) -> bool:
    """Return whether only the head trains.

    Raises:
        ConfigError: no such backbone.
    """
    return frozen_units(config) == len(backbone(config.backbone).architecture.units)
