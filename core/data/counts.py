"""What a data set's numbers allow: too few photos of somebody, very unequal numbers, photos that belong together."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from core.data.dataset import Dataset, Item

# With 8 photos the default split gives 5 to practise with, 1 mock exam and 2 of the final exam; below that one photo
# of the exam is worth half a person.
GOOD_FROM = 8
# From twice as many on, "always the most frequent" starts to look clever.
UNEQUAL_FROM = 2.0


@dataclass(frozen=True)
class Balance:
    """How many photos there are of each person.

    Attributes:
        fewest, most: a person with the fewest (most) photos, and how many; the first in label order.
        unequal: the most photos are `UNEQUAL_FROM` times the fewest or more.
    """

    fewest: tuple[str, int]
    most: tuple[str, int]
    unequal: bool


def weigh(dataset: Dataset) -> Balance | None:
    """Count the photos of each person; None where there is nobody."""
    if not dataset.people:
        return None
    counted = Counter(item.person for item in dataset.items)
    numbers = [(person, counted[person]) for person in dataset.people]
    fewest, most = min(numbers, key=lambda pair: pair[1]), max(numbers, key=lambda pair: pair[1])
    return Balance(fewest, most, most[1] >= UNEQUAL_FROM * max(fewest[1], 1))


def together(dataset: Dataset) -> list[tuple[Item, ...]]:
    """Return the groups of two photos or more: copies, near copies, bursts. In the order of the data set."""
    members: dict[int, list[Item]] = defaultdict(list)
    for item in dataset.items:
        members[item.group].append(item)
    return [tuple(items) for items in members.values() if len(items) > 1]
