"""Which units' outputs are kept on the disk, so that the frozen layers before them are not asked again."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from core.models.architectures import architecture

if TYPE_CHECKING:
    from core.config import TrainConfig

# Of the reference computer: multiply-adds a second, ...
SPEED = 190e9
# ... of which networks with thin or many layers reach a smaller share ...
SHARE_OF_SPEED = {"vggface2-resnet50": 0.27, "vggface2-senet50": 0.2, "imagenet-mobilenetv2": 0.08}
# ... and bytes a second that are read from the disk's copy in memory and made float32.
READING = 1.1e9


def feature_bytes(config: TrainConfig, depth: int) -> int:
    """Return the size of what the units before `depth` give for one picture, in float16."""
    network = architecture(config.backbone)
    return 2 * network.units[depth - 1].channels * network.sizes_px(config.image_size_px)[depth] ** 2


def computing_s(config: TrainConfig, macs: float) -> float:
    """Return the seconds that so many multiply-adds of a network take on the reference computer."""
    return macs / (SPEED * SHARE_OF_SPEED.get(config.backbone, 1.0))


def kept_depths(config: TrainConfig, wanted: Iterable[int], n_pictures: float, limit_bytes: float) -> tuple[int, ...]:
    """Return the freeze depths whose features are kept: where reading is faster than computing, as long as all fit.

    Args:
        config: names network and size of picture.
        wanted: depths at which features are asked for; the deepest, which are also the smallest, are kept first.
        n_pictures: how many there are.
        limit_bytes: for all of them.
    """
    macs = architecture(config.backbone).macs(config.image_size_px)
    kept = []
    for depth in sorted({each for each in wanted if each > 0}, reverse=True):
        a_picture = feature_bytes(config, depth)
        is_faster = a_picture / READING < computing_s(config, sum(macs[:depth]))
        if is_faster and n_pictures * a_picture <= limit_bytes:
            kept.append(depth)
            limit_bytes -= n_pictures * a_picture
    return tuple(kept)
