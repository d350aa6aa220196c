"""What a sweep trains: every combination of a few settings, and the order in which it does so. No TensorFlow."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, field, replace
from itertools import product
from typing import Any, Literal

from core.config import TrainConfig
from core.data.dataset import Dataset
from core.errors import ConfigError
from core.models.registry import backbone, check_config
from core.presets import preset

Axis = Literal["depth", "photos", "size"]
MOST_RUNS = 500
# Practice photos a person, where there are more; then all of them.
USUAL_PHOTOS = (1, 2, 3, 5, 10)
# Seeds of a comparison that is to say something: with fewer the verdict is nearly always that the photos cannot
# tell (docs/verdict.md).
USUAL_SEEDS = tuple(range(7))


@dataclass(frozen=True)
class Start:
    """What a training starts with: a network by its name in the registry, and whether it has learned before."""

    backbone: str
    pretrained: bool = True


@dataclass(frozen=True)
class Cell:
    """One training of a sweep.

    Attributes:
        depth: frozen units of its own network.
        photos: practice photos a person; None is all.
        size_px: side of a face.
        rate: learning rate.
        seed: of head, views and order of the photos.
    """

    start: Start
    depth: int
    photos: int | None
    size_px: int
    rate: float
    seed: int


@dataclass(frozen=True)
class SweepPlan:
    """Every combination of starts, depths, photos, sizes, rates and seeds; all else is as in `base`.

    Attributes:
        starts: networks; the first one counts the depths.
        depths: frozen units of the first network. Another network is frozen up to the same block.
        photos: practice photos a person; None is all.
        sizes_px: sides of a face.
        rates: learning rates.
        seeds: one training each, with the same start of the head everywhere.

    Raises:
        ConfigError: nothing to try in one of them, something twice, too much in all, or settings that do not fit.
    """

    base: TrainConfig = field(default_factory=lambda: preset(TrainConfig().preset))
    starts: tuple[Start, ...] = (Start(TrainConfig().backbone),)
    depths: tuple[int, ...] = ()
    photos: tuple[int | None, ...] = (None,)
    sizes_px: tuple[int, ...] = ()
    rates: tuple[float, ...] = ()
    seeds: tuple[int, ...] = (0, 1, 2)

    def __post_init__(self) -> None:
        if not self.starts:
            raise ConfigError("A sweep needs a network to start with, received none; name one.")
        # Left empty they are what is usual: the ends of the blocks, and what the base has.
        for name, usual in (
            ("depths", backbone(self.starts[0].backbone).architecture.freeze_boundaries()),
            ("sizes_px", (self.base.image_size_px,)),
            ("rates", (self.base.learning_rate,)),
        ):
            object.__setattr__(self, name, tuple(getattr(self, name)) or usual)
        for name in ("starts", "depths", "photos", "sizes_px", "rates", "seeds"):
            values = getattr(self, name)
            if not values or len(set(values)) < len(values):
                raise ConfigError(f"The {name} of a sweep must be some different ones, received {values}; name others.")
        cells = list(self.cells())
        if len(cells) > MOST_RUNS:
            raise ConfigError(f"A sweep may have {MOST_RUNS} trainings, received {len(cells)}; leave some out.")
        for cell in cells:
            self.config(cell)

    @property
    def axis(self) -> Axis:
        """What is held against each other: what has several values, freeze depth before photos before size."""
        if len(self.depths) > 1 or (len(self.photos) == 1 and len(self.sizes_px) == 1):
            return "depth"
        return "photos" if len(self.photos) > 1 else "size"

    def cells(self) -> Iterator[Cell]:
        """Return the trainings in the order in which they are done: one seed of everything first, then the next.

        Within a seed the quick ones come first (much frozen, few photos, small pictures), so that something is there
        to be seen soon, and what frozen layers compute is there for the next training.
        """
        photos = sorted(self.photos, key=lambda each: (each is None, each or 0))
        quick = product(sorted(self.sizes_px), photos, sorted(self.depths, reverse=True))
        for seed, rate, (size_px, each, depth), start in product(self.seeds, self.rates, list(quick), self.starts):
            yield Cell(start, self._depth_of(start, depth), each, size_px, rate, seed)

    def _depth_of(self, start: Start, depth: int) -> int:
        """Return the depth that freezes the same blocks of another network."""
        first, own = (backbone(each.backbone).architecture for each in (self.starts[0], start))
        if own.freeze_boundaries() == first.freeze_boundaries():
            return depth
        if depth not in first.freeze_boundaries():
            raise ConfigError(
                f'"{start.backbone}" has other layers than "{self.starts[0].backbone}", so only whole blocks can be '
                f"frozen in both, received {depth}; choose among {', '.join(map(str, first.freeze_boundaries()))}."
            )
        return own.freeze_boundaries()[first.freeze_boundaries().index(depth)]

    def config(self, cell: Cell) -> TrainConfig:
        """Return the settings of one training.

        Raises:
            ConfigError: they do not fit the network.
        """
        config = self.base.with_changes(
            backbone=cell.start.backbone,
            pretrained=cell.start.pretrained,
            freeze_depth=cell.depth,
            train_per_class=cell.photos,
            image_size_px=cell.size_px,
            learning_rate=cell.rate,
            seed=cell.seed,
        )
        return check_config(config)

    def to_dict(self) -> dict[str, Any]:
        """Return the plan as plain JSON values."""
        return asdict(self)


def usual_photos(dataset: Dataset) -> tuple[int | None, ...]:
    """Return the numbers of practice photos a person worth trying with these photos, all of them last."""
    most = max(Counter(item.person for item in dataset.of("train")).values())
    return (*(each for each in USUAL_PHOTOS if each < most), None)


def as_trained(config: TrainConfig) -> TrainConfig:
    """Return settings that are equal where two trainings are the same: the name of the preset says nothing."""
    return replace(check_config(config), preset=TrainConfig().preset)


def with_rates(plan: SweepPlan, rates: Sequence[float]) -> SweepPlan:
    """Return the same sweep with several learning rates, one seed each: does the rate decide more than the depth?"""
    return replace(plan, rates=tuple(rates), seeds=plan.seeds[:1])
