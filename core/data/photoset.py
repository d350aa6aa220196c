"""What tells the photos of one experiment from those of another."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from core.data.dataset import Dataset


@dataclass(frozen=True)
class PhotoSet:
    """The photos of a data set, as far as comparisons need them.

    Attributes:
        name: of the data set.
        test, train: digests of which photos and faces these are; `train` includes validation.
        fewest, most: training photos of the person who has the fewest and the most.
        total: training photos of all people.
        kept: a digest of all photos that it keeps in the store.
    """

    name: str
    test: str
    train: str
    fewest: int
    most: int
    total: int
    kept: str

    @classmethod
    def of(cls, dataset: Dataset) -> PhotoSet:
        counts = Counter(item.person for item in dataset.of("train") if item.person in dataset.people).values()
        return cls(
            name=dataset.name,
            test=_digest((item.sha256, item.face) for item in dataset.of("test") if item.person is not None),
            train=_digest((item.sha256, item.face) for item in (*dataset.of("train"), *dataset.of("validation"))),
            fewest=min(counts, default=0),
            most=max(counts, default=0),
            total=sum(counts),
            kept=_digest((sha256, None) for sha256 in dataset.sha256s()),
        )

    def each(self, limit: int | None) -> tuple[int, int]:
        """Return the fewest and the most training photos a person has where `limit` of each are used."""
        return (self.fewest, self.most) if limit is None else (min(self.fewest, limit), min(self.most, limit))


def _digest(photos: Iterable[tuple[str, int | None]]) -> str:
    return hashlib.sha256(repr(sorted(photos, key=str)).encode()).hexdigest()
