"""Settings to start from: what published experiments used, and what this lab recommends."""

from __future__ import annotations

from dataclasses import dataclass, replace

from core.config import AugmentConfig, HeadConfig, TrainConfig
from core.errors import ConfigError

_FOOTBALL = TrainConfig(
    backbone="imagenet-vgg16",
    epochs=10,
    batch_size=32,
    optimizer="rmsprop",
    head=HeadConfig(pooling="flatten", hidden=(512, 256, 128), dropout=0.0),
    early_stopping_patience=5,
    reduce_lr_patience=2,
    class_weights=False,
    precision="float32",
)

# Where originals are silent (football: batch size, patience; webcam: rate, head) the value is ours: docs/presets.md.
PRESETS: dict[str, TrainConfig] = {
    # Measured: docs/face-vgg-mini.md, "Settings", and docs/training.md.
    "recommended": TrainConfig(
        learning_rate=5e-3,
        head_epochs=10,
        unfrozen_rate=0.01,
        min_steps=10,
        unfrozen_min_steps=4,
        head=HeadConfig(scale_features=True, zero_start=True),
    ),
    "notebook": TrainConfig(
        backbone="vggface-vgg16",
        image_size_px=224,
        epochs=20,
        batch_size=4,
        optimizer="sgd",
        learning_rate=1e-4,
        momentum=0.9,
        head=HeadConfig(pooling="flatten", hidden=(512, 512), dropout=0.0),
        augment=AugmentConfig(views=20, zoom=0.2, flip=True),
        keep_best=False,
        class_weights=False,
        precision="float32",
        preset="notebook",
    ),
    "football-64": replace(
        _FOOTBALL,
        image_size_px=64,
        learning_rate=1e-4,
        augment=AugmentConfig(views=10, rotation_deg=20.0, shift=0.2, flip=True),
        preset="football-64",
    ),
    "football-224": replace(
        _FOOTBALL,
        image_size_px=224,
        learning_rate=1e-3,
        augment=AugmentConfig(views=10, rotation_deg=45.0, shift=0.2, flip=True),
        preset="football-224",
    ),
    "webcam": TrainConfig(
        backbone="imagenet-vgg16",
        freeze_depth=10,
        image_size_px=224,
        epochs=10,
        batch_size=32,
        optimizer="rmsprop",
        learning_rate=1e-4,
        head=HeadConfig(pooling="flatten", hidden=(1024,), dropout=0.5),
        augment=AugmentConfig(views=1, flip=False),
        keep_best=False,
        class_weights=False,
        precision="float32",
        preset="webcam",
    ),
}


@dataclass(frozen=True)
class Published:
    """A published result: right answers of each training, and the number of test photos."""

    correct: tuple[int, ...]
    total: int


# The notebook's four freeze depths, sorted by right answers. The others published no test: docs/presets.md.
PUBLISHED: dict[str, Published] = {"notebook": Published((9, 10, 12, 12), 12)}


def preset(name: str) -> TrainConfig:
    """Return the settings of a preset.

    Raises:
        ConfigError: there is none of that name; the message lists them.
    """
    if name not in PRESETS:
        raise ConfigError(f'preset must be one of {", ".join(PRESETS)}, received "{name}"; choose another value.')
    return PRESETS[name]
