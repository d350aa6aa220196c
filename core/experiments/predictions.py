"""What a network said of each test photo: as arrays, and as `predictions.json` of a run."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

import msgspec
import numpy as np

from core.config import MAX_PEOPLE
from core.errors import DamagedFileError
from core.schema import Count, Schema

Probability = Annotated[float, msgspec.Meta(ge=0, le=1.001)]
Label = Annotated[int, msgspec.Meta(ge=-1, lt=MAX_PEOPLE)]


def _not_whole(why: str) -> DamagedFileError:
    return DamagedFileError(f'"predictions.json" is damaged ({why}); delete this experiment, or bring it back again.')


@dataclass(frozen=True)
class Predictions:
    """The predictions of n photos.

    Attributes:
        probabilities: float32, shape (n, n_classes), rows add up to 1, columns in label order.
        labels: int64, shape (n,), the true person; -1 where unknown.
        names: the photos' names as the user knows them.
        sha256s: their content, for finding the picture.
        faces: which face of the photo; None: the whole photo.
    """

    probabilities: np.ndarray
    labels: np.ndarray
    names: tuple[str, ...]
    sha256s: tuple[str, ...]
    faces: tuple[int | None, ...]

    def __post_init__(self) -> None:
        n, n_people = self.probabilities.shape
        if not n == len(self.labels) == len(self.names) == len(self.sha256s) == len(self.faces):
            raise _not_whole("its parts have different lengths")
        if ((self.labels < -1) | (self.labels >= n_people)).any():
            raise _not_whole("it names somebody it does not know")

    def rows(self) -> PredictionRows:
        """Return them as they stand in a file."""
        rounded = np.round(self.probabilities.astype(float), 6).tolist()
        return PredictionRows(rounded, self.labels.tolist(), self.names, self.sha256s, self.faces)


@dataclass(frozen=True)
class PredictionRows:
    """`predictions.json`; see `Predictions`."""

    probabilities: list[list[Probability]]
    labels: list[Label]
    names: tuple[str, ...]
    sha256s: tuple[str, ...]
    faces: tuple[Count | None, ...]

    def predictions(self, n_people: int) -> Predictions:
        """Return them as arrays.

        Raises:
            DamagedFileError: they are not of so many people, or their counts do not agree.
        """
        if {len(row) for row in self.probabilities} - {n_people}:
            raise _not_whole(f"it is not about its {n_people} people")
        probabilities = np.array(self.probabilities, np.float32).reshape(-1, n_people)
        return Predictions(probabilities, np.array(self.labels, np.int64), self.names, self.sha256s, self.faces)


PREDICTIONS = Schema(PredictionRows)
