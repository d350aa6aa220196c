"""What the places of a sweep are called in a sentence: networks, stops, numbers of photos, sizes of faces."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from core.data.dataset import Dataset
from core.models.registry import backbone
from core.sweeps.plan import Start
from core.sweeps.results import Line, Point

_SPELLED = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve")


@dataclass(frozen=True)
class Name:
    """What a place is called, to begin or to go on a sentence with, and whether it is many."""

    text: str
    is_plural: bool = False

    @property
    def first(self) -> str:
        """The same at the beginning of a sentence."""
        return capital(self.text)

    @property
    def verb(self) -> str:
        return "are" if self.is_plural else "is"

    @property
    def looks(self) -> str:
        return "look" if self.is_plural else "looks"


def capital(text: str) -> str:
    """Begin a sentence; the rest stays as it is."""
    return text[:1].upper() + text[1:]


def counted(n: int, what: str, *, spelled: bool = False) -> str:
    """Return "1 photo", "2 photos"; spelled out "two photos", up to twelve."""
    number = _SPELLED[n] if spelled and n < len(_SPELLED) else f"{n:,}"
    if what == "person":
        return f"{number} {'person' if n == 1 else 'people'}"
    plural = f"{what[:-1]}ies" if what.endswith("ry") else f"{what}s"
    return f"{number} {what if n == 1 else plural}"


def rounded(number: float) -> int:
    """Round a mean of right answers; a half goes up."""
    return int(number + 0.5)


def block_word(name: str) -> str:
    """Return what a block of a network is called: a residual network has stages."""
    return "block" if backbone(name).architecture.units[0].name.startswith("conv") else "stage"


def stop_name(name: str, depth: int) -> str:
    """Return what is retrained with so many frozen units of a network.

    "no block", "block 5", "blocks 4 and 5", "blocks 2 to 5", "all blocks"; inside a block "the last 4 layers".

    Raises:
        ConfigError: there is no such network.
    """
    network = backbone(name).architecture
    stops, n = network.freeze_boundaries(), len(network.units)
    word = block_word(name)
    if depth in (0, n):
        return f"all {word}s" if depth == 0 else f"no {word}"
    if depth not in stops:
        return "the last layer" if n - depth == 1 else f"the last {n - depth} layers"
    first, last = stops.index(depth) + 1, len(stops) - 1
    if first == last:
        return f"{word} {last}"
    return f"{word}s {first} {'and' if first + 1 == last else 'to'} {last}"


def stop_label(name: str, depth: int) -> str:
    """Return what a stop of the freeze control is called: "all blocks learn", "block 5 learns", "all blocks frozen".

    Raises:
        ConfigError: there is no such network.
    """
    if depth == len(backbone(name).architecture.units):
        return f"all {block_word(name)}s frozen"
    what = stop_name(name, depth)
    return f"{what} {'learn' if 's ' in f'{what} ' else 'learns'}"


def network_name(start: Start) -> str:
    """Name a network in a sentence, and that it is untrained where it is."""
    title = backbone(start.backbone).title
    return f"the {title} network" if start.pretrained else f"the untrained {title} network"


def learning(line: Line, depth: int) -> str:
    """Say what learns: a network that has learned before is retrained, an untrained one is trained."""
    name = line.start.backbone
    if depth == len(backbone(name).architecture.units):
        return f"keeping all {block_word(name)}s frozen"
    return f"{'retraining' if line.start.pretrained else 'training'} {stop_name(name, depth)}"


def place_name(line: Line, point: Point) -> Name:
    """Name a place on the axis of a line."""
    if line.axis == "depth":
        return Name(learning(line, point.value or 0))
    if line.axis == "size":
        return Name(f"faces of {point.value} × {point.value} points", is_plural=True)
    if point.value is None:
        return Name("all practice photos", is_plural=True)
    return Name(f"{counted(point.value, 'practice photo')} of each person", is_plural=point.value > 1)


def practice_photos(dataset: Dataset, most: int | None) -> str:
    """Say how many practice photos each person has, where `most` of each are used; None uses all."""
    found = Counter(item.person for item in dataset.of("train") if item.person in dataset.people)
    used = sorted(n if most is None else min(n, most) for n in found.values())
    if not used or used[0] == used[-1]:
        return f"{counted(used[0] if used else 0, 'practice photo')} each"
    return f"{used[0]} to {used[-1]} practice photos each"


def names(people: list[str]) -> str:
    """List people: "Ada", "Ada and Bo", "Ada, Bo and Chen"."""
    return " and ".join([", ".join(people[:-1]), people[-1]]) if len(people) > 1 else "".join(people)
