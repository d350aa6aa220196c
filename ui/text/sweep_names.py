"""What the parts of a sweep are called: its networks, the points on its axis, numbers of photos, sizes of faces."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from core.data.dataset import Dataset
from core.models.registry import backbone
from core.sweeps.plan import Start
from core.sweeps.results import Line, Point
from ui.text import runs
from ui.text.amounts import count
from ui.text.common import capital

_SPELLED = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve")


@dataclass(frozen=True)
class Name:
    """What a point is called, to begin or to go on a sentence with, and whether it is many."""

    text: str
    is_plural: bool = False

    @property
    def first(self) -> str:
        """The same at the beginning of a sentence."""
        return capital(self.text)

    @property
    def verb(self) -> str:
        return "are" if self.is_plural else "is"


def spelled(n: int, one: str, many: str = "") -> str:
    """Return "two photos", numbers above twelve in digits."""
    return f"{_SPELLED[n]} {one if n == 1 else many or one + 's'}" if n < len(_SPELLED) else count(n, one, many)


def tries(n: int, *, in_words: bool = False) -> str:
    return (spelled if in_words else count)(n, "try", "tries")


def rounded(number: float) -> int:
    """Round a mean of right answers; a half goes up."""
    return int(number + 0.5)


def block_word(network: str) -> str:
    """Return what a block of a network is called: a residual network has stages."""
    return runs.block_word(backbone(network).architecture)


def trained_part(network: str, depth: int) -> str:
    """Return what is trained with so many frozen units of a network.

    "no block", "block 5", "blocks 4 and 5", "blocks 2 to 5", "all blocks"; inside a block "the last 4 layers".

    Raises:
        ConfigError: there is no such network.
    """
    architecture, word = backbone(network).architecture, block_word(network)
    boundaries, n = architecture.freeze_boundaries(), len(architecture.units)
    if depth in (0, n):
        return f"all {word}s" if depth == 0 else f"no {word}"
    if depth not in boundaries:
        return "the last layer" if n - depth == 1 else f"the last {n - depth} layers"
    first, last = boundaries.index(depth) + 1, len(boundaries) - 1
    if first == last:
        return f"{word} {last}"
    return f"{word}s {first} {'and' if first + 1 == last else 'to'} {last}"


def boundary_label(network: str, depth: int) -> str:
    """Return what a freeze boundary is called: "all blocks learn", "block 5 learns", "all blocks frozen".

    Raises:
        ConfigError: there is no such network.
    """
    if depth == len(backbone(network).architecture.units):
        return f"all {block_word(network)}s frozen"
    what = trained_part(network, depth)
    return f"{what} {'learn' if 's ' in f'{what} ' else 'learns'}"


def network_name(start: Start) -> str:
    """Name a network in a sentence, and that it is untrained where it is."""
    title = backbone(start.backbone).title
    return f"the {title} network" if start.pretrained else f"the untrained {title} network"


def line_title(start: Start) -> str:
    """Return what a line is called in a chart: its network, and that it is untrained where it is."""
    title = backbone(start.backbone).title
    return title if start.pretrained else f"{title}, untrained"


def point_title(line: Line, point: Point) -> str:
    """Return what a point is called in a table: what learns at it, how many photos, or the size of a face."""
    if line.axis == "depth":
        return boundary_label(line.start.backbone, point.value or 0)
    if line.axis == "photos":
        return "all photos" if point.value is None else f"{count(point.value, 'photo')} each"
    return f"{point.value} × {point.value} points"


def training(line: Line, depth: int) -> str:
    """Say what learns: a network that has learned before is retrained, an untrained one is trained."""
    network = line.start.backbone
    if depth == len(backbone(network).architecture.units):
        return f"keeping all {block_word(network)}s frozen"
    return f"{'retraining' if line.start.pretrained else 'training'} {trained_part(network, depth)}"


def point_name(line: Line, point: Point) -> Name:
    """Name a point in a sentence."""
    if line.axis == "depth":
        return Name(training(line, point.value or 0))
    if line.axis == "size":
        return Name(f"faces of {point.value} × {point.value} points", is_plural=True)
    if point.value is None:
        return Name("all practice photos", is_plural=True)
    return Name(f"{count(point.value, 'practice photo')} of each person", is_plural=point.value > 1)


def practice_photos(dataset: Dataset, most: int | None) -> str:
    """Say how many practice photos each person has, where `most` of each are used; None uses all."""
    found = Counter(item.person for item in dataset.of("train") if item.person in dataset.people)
    used = sorted(n if most is None else min(n, most) for n in found.values())
    if not used or used[0] == used[-1]:
        return f"{count(used[0] if used else 0, 'practice photo')} each"
    return f"{used[0]} to {used[-1]} practice photos each"


def listed(names: Sequence[str]) -> str:
    """List names: "Ada", "Ada and Bo", "Ada, Bo and Chen"."""
    return " and ".join([", ".join(names[:-1]), names[-1]]) if len(names) > 1 else "".join(names)
