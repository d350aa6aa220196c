"""Every setting of the lab as frozen dataclasses that cannot be built wrong."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field, fields, replace
from functools import cache
from typing import Any, Literal, Self, get_args

from core.errors import ConfigError

Split = Literal["train", "validation", "test"]
SPLITS: tuple[Split, ...] = get_args(Split)
Detector = Literal["yunet", "haar", "none"]
Optimizer = Literal["adam", "sgd", "rmsprop"]
Pooling = Literal["average", "flatten"]
Precision = Literal["auto", "float32", "bfloat16"]

# An experiment keeps a number for every photo and person, those of the mock exam after every epoch: with 500 people and
# ten photos each about 3 MB an epoch. Pages draw fewer, and say so.
MIN_PEOPLE, MAX_PEOPLE = 2, 500
MOST_EPOCHS = 1000
# The least share of the learning rate for unfrozen units of an untrained network: with a smaller one it learns nothing.
UNTRAINED_RATE = 0.1
SMALLEST_IMAGE_PX, LARGEST_IMAGE_PX = 32, 512


def _check(ok: bool, what: str, rule: str, received: object) -> None:
    if not ok:
        raise ConfigError(f"{what} must be {rule}, received {received!r}; choose another value.")


_KINDS: dict[str, tuple[str, tuple[type, ...]]] = {
    "int": ("a whole number", (int,)),
    "int | None": ("a whole number or None", (int, type(None))),
    "float": ("a number", (int, float)),
    "bool": ("True or False", (bool,)),
    "str": ("a text", (str,)),
}


def _check_kinds(config: object) -> None:
    """Check the type of every plain field: "20", 2.5 or True is no number of epochs."""
    for name, rule, kinds in _plain_fields(type(config)):  # type: ignore[arg-type]
        value = getattr(config, name)
        fits = isinstance(value, kinds) and (bool in kinds or not isinstance(value, bool))
        _check(fits, name.replace("_", " "), rule, value)


@cache
def _plain_fields(kind: type) -> list[tuple[str, str, tuple[type, ...]]]:
    return [(f.name, *_KINDS[str(f.type)]) for f in fields(kind) if f.type in _KINDS]


def _one_of(what: str, value: object, allowed: object) -> None:
    values = get_args(allowed)
    _check(value in values, what, "one of " + ", ".join(values), value)


def _check_image_size(what: str, size_px: int) -> None:
    fits = SMALLEST_IMAGE_PX <= size_px <= LARGEST_IMAGE_PX
    _check(fits, what, f"{SMALLEST_IMAGE_PX} to {LARGEST_IMAGE_PX} px", size_px)


@dataclass(frozen=True)
class CropConfig:
    """How a face becomes a square picture.

    Attributes:
        detector: "yunet", "haar", or "none" for photos that are face crops already (the whole photo is used).
        margin: free space on each side of the face box, as a fraction of the box's longer side. 0.36 makes the face
            58 % of the crop's width, as the bundled network was trained.
        size_px: side of the crop in pixels.
        align: turn the photo so that the eyes are level (needs landmarks, so "yunet" only).
    """

    detector: Detector = "yunet"
    margin: float = 0.36
    size_px: int = 224
    align: bool = True

    def __post_init__(self) -> None:
        _check_kinds(self)
        _one_of("detector", self.detector, Detector)
        _check(0.0 <= self.margin <= 2.0, "margin", "between 0 and 2", self.margin)
        _check_image_size("image size of a crop", self.size_px)

    @property
    def face_percent(self) -> int:
        """The face box's share of the crop's side in percent, as autocrop counts it."""
        return max(1, round(100 / (1 + 2 * self.margin)))


@dataclass(frozen=True)
class SplitConfig:
    """Fractions of the photos for training, validation and test; they add up to 1."""

    train_fraction: float = 0.60
    validation_fraction: float = 0.15
    test_fraction: float = 0.25
    seed: int = 0

    def __post_init__(self) -> None:
        _check_kinds(self)
        for split in SPLITS:
            fraction = self.fraction(split)
            _check(0.0 < fraction < 1.0, f"{split} fraction", "between 0 and 1", fraction)
        total = sum(self.fraction(split) for split in SPLITS)
        _check(abs(total - 1.0) < 1e-6, "the sum of the three fractions", "1", round(total, 4))

    def fraction(self, split: Split) -> float:
        """Return the fraction of one split."""
        return float(getattr(self, f"{split}_fraction"))


@dataclass(frozen=True)
class HeadConfig:
    """The head: pooling, hidden dense layers (ReLU), dropout, softmax.

    Attributes:
        pooling: "average" (global average pooling) or "flatten".
        hidden: sizes of hidden dense layers.
        dropout: share of the features that are zeroed at random in training.
        scale_features: divide the pooled features by their root mean square over the training photos, so that one
            learning rate suits every backbone.
        zero_start: the softmax layer starts from zero, not from random numbers, so that no seed has a better start.
    """

    pooling: Pooling = "average"
    hidden: tuple[int, ...] = ()
    dropout: float = 0.3
    scale_features: bool = False
    zero_start: bool = False

    def __post_init__(self) -> None:
        _check_kinds(self)
        _one_of("pooling", self.pooling, Pooling)
        _check(isinstance(self.hidden, list | tuple), "hidden layers", "a list of sizes", self.hidden)
        object.__setattr__(self, "hidden", tuple(self.hidden))
        sizes_fit = all(isinstance(n, int) and 1 <= n <= 8192 for n in self.hidden)
        _check(sizes_fit, "hidden layers", "whole numbers from 1 to 8192", self.hidden)
        _check(0.0 <= self.dropout < 1.0, "dropout", "from 0 to below 1", self.dropout)


@dataclass(frozen=True)
class AugmentConfig:
    """Augmentation: varied copies of each training photo.

    Attributes:
        views: how many versions of a photo exist, the unchanged one counted; 1: no augmentation.
        rotation_deg: largest turn to either side, degrees.
        shift: largest shift in each direction, as a fraction of the side.
        zoom: largest change of scale to either side, as a fraction.
        flip: mirror at random.
    """

    views: int = 4
    rotation_deg: float = 0.0
    shift: float = 0.0
    zoom: float = 0.0
    flip: bool = True

    def __post_init__(self) -> None:
        _check_kinds(self)
        _check(1 <= self.views <= 100, "number of views a photo", "1 to 100", self.views)
        _check(0.0 <= self.rotation_deg <= 180.0, "rotation", "0 to 180 degrees", self.rotation_deg)
        _check(0.0 <= self.shift <= 0.5, "shift", "0 to 0.5", self.shift)
        _check(0.0 <= self.zoom < 1.0, "zoom", "from 0 to below 1", self.zoom)

    @property
    def is_random(self) -> bool:
        """Whether views of another seed are others."""
        return bool(self.rotation_deg or self.shift or self.zoom)

    @property
    def distinct_views(self) -> float:
        """How many views of a photo differ, on average: with flips alone there are two, and either may go undrawn."""
        if self.is_random:
            return self.views
        return 2 - 0.5 ** (self.views - 1) if self.flip else 1


@dataclass(frozen=True)
class TrainConfig:
    """Everything that decides a training, recorded with the run.

    Attributes:
        backbone: name in the registry of `core.models.registry`.
        pretrained: start from the backbone's weights; False starts from random numbers.
        freeze_depth: units from the input side that do not train; None means all.
        image_size_px: side of the square picture the network sees.
        epochs: in all, head-only ones included.
        head_epochs: two-phase training: this many epochs train the head alone, the rest the unfrozen units as well. 0
            trains everything from the start.
        unfrozen_rate: the highest learning rate of the second phase, as a share of `learning_rate`; it rises to that
            and falls again. An untrained network gets at least a tenth.
        min_steps: fewest optimizer steps of a head-only epoch: few photos are shown several times in one (see
            `repeats_per_epoch`).
        unfrozen_min_steps: the same once units of the backbone train too; a step then costs many times as much.
        early_stopping_patience: epochs without a better validation loss before training ends; None never ends early.
        reduce_lr_patience: the same before the learning rate is divided by 5; None never divides it.
        keep_best: the model of the best epoch (validation accuracy, then loss) is kept; else the last one.
        class_weights: photos of rarer people count more, so that all people weigh the same.
        train_per_class: training photos a person; None uses all. Validation and test stay as they are.
        precision: "auto" is resolved when the run starts, and stored.
        preset: name of the preset these settings came from.
    """

    backbone: str = "face-vgg-mini"
    pretrained: bool = True
    freeze_depth: int | None = None
    image_size_px: int = 96
    epochs: int = 20
    head_epochs: int = 0
    unfrozen_rate: float = 0.1
    min_steps: int = 1
    unfrozen_min_steps: int = 1
    batch_size: int = 16
    optimizer: Optimizer = "adam"
    learning_rate: float = 1e-3
    momentum: float = 0.0
    head: HeadConfig = field(default_factory=HeadConfig)
    augment: AugmentConfig = field(default_factory=AugmentConfig)
    early_stopping_patience: int | None = None
    reduce_lr_patience: int | None = None
    keep_best: bool = True
    class_weights: bool = True
    train_per_class: int | None = None
    seed: int = 0
    precision: Precision = "auto"
    preset: str = "recommended"

    def __post_init__(self) -> None:
        _check_kinds(self)
        _one_of("optimizer", self.optimizer, Optimizer)
        _one_of("precision", self.precision, Precision)
        _check(self.freeze_depth is None or self.freeze_depth >= 0, "freeze depth", "0 or more", self.freeze_depth)
        _check_image_size("image size", self.image_size_px)
        _check(1 <= self.epochs <= MOST_EPOCHS, "epochs", f"1 to {MOST_EPOCHS}", self.epochs)
        head_epochs_fit = 0 <= self.head_epochs < self.epochs
        _check(head_epochs_fit, "head epochs", "0 or more and fewer than the epochs", self.head_epochs)
        _check(
            0.0 < self.unfrozen_rate <= 1.0, "rate of the unfrozen layers", "above 0 and at most 1", self.unfrozen_rate
        )
        _check(1 <= self.min_steps <= 1000, "steps of an epoch", "1 to 1000", self.min_steps)
        _check(1 <= self.batch_size <= 512, "batch size", "1 to 512", self.batch_size)
        _check(0.0 < self.learning_rate <= 10.0, "learning rate", "above 0 and at most 10", self.learning_rate)
        _check(0.0 <= self.momentum < 1.0, "momentum", "from 0 to below 1", self.momentum)
        for what in ("early_stopping_patience", "reduce_lr_patience", "train_per_class"):
            value = getattr(self, what)
            _check(value is None or value >= 1, what.replace("_", " "), "1 or more", value)
        _check(self.seed >= 0, "seed", "0 or more", self.seed)

    def repeats_per_epoch(self, n_photos: int, *, head_only: bool = True) -> int:
        """Return how often each of `n_photos` training photos is shown in one epoch, at least once.

        Args:
            n_photos: training photos of all people.
            head_only: in a head-only epoch; else in one in which units train too.
        """
        steps = self.min_steps if head_only else self.unfrozen_min_steps
        return (steps - 1) * self.batch_size // max(1, n_photos) + 1

    @property
    def unfrozen_learning_rate(self) -> float:
        """The highest learning rate of the second phase."""
        share = self.unfrozen_rate if self.pretrained else max(self.unfrozen_rate, UNTRAINED_RATE)
        return self.learning_rate * share

    def head_only_epochs(self, n_units: int) -> int:
        """Return how many epochs train the head alone before units of the backbone train too.

        Args:
            n_units: of the backbone; 0 epochs where all of them are frozen.
        """
        return 0 if self.freeze_depth is None or self.freeze_depth >= n_units else self.head_epochs

    def with_changes(self, **changes: Any) -> Self:
        """Return a copy with some fields changed; fields of the head and of the augmentation may be named directly."""
        head_names = {f.name for f in fields(HeadConfig)}
        augment_names = {f.name for f in fields(AugmentConfig)}
        own = {k: v for k, v in changes.items() if k not in head_names | augment_names}
        head = {k: v for k, v in changes.items() if k in head_names}
        augment = {k: v for k, v in changes.items() if k in augment_names}
        if head:
            own["head"] = replace(self.head, **head)
        if augment:
            own["augment"] = replace(self.augment, **augment)
        if "epochs" in own and "head_epochs" not in own and own["epochs"] != self.epochs:
            # A shorter training has a shorter first phase.
            own["head_epochs"] = self.head_epochs * own["epochs"] // self.epochs
        return replace(self, **own)

    def to_dict(self) -> dict[str, Any]:
        """Return the settings as plain JSON values."""
        return asdict(self)
