"""The drawn people that come with the lab; docs/sample-people.md says how they were made."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from core.errors import DatasetError

if TYPE_CHECKING:
    from collections.abc import Iterable

_DATA = Path(__file__).resolve().parents[2] / "data"
SAMPLE = _DATA / "sample"
STRANGERS = _DATA / "strangers"


@dataclass(frozen=True)
class SamplePerson:
    """One of the drawn people: a name, and a photo that shows the face well."""

    name: str
    portrait: Path


def sample_people() -> tuple[SamplePerson, ...]:
    """Return the drawn people in label order; empty in an installation without them."""
    homes = sorted(path for path in (SAMPLE / "train").glob("*") if path.is_dir())
    return tuple(SamplePerson(home.name, min(home.glob("*.jpg"))) for home in homes)


def sample_source() -> Path:
    """Return the folder of the sample, with its splits, for `dataset.build_dataset`.

    Raises:
        DatasetError: this installation has none.
    """
    if not sample_people():
        raise DatasetError(
            f'The drawn people are missing in "{SAMPLE}"; install the lab again, or bring your own photos.'
        )
    return SAMPLE


def are_drawn(people: Iterable[str]) -> bool:
    """Return whether all of these people are drawn people of the lab, going by their names."""
    return set(people) <= {person.name for person in sample_people()}


def strangers() -> tuple[Path, ...]:
    """Return one photo per drawn person that no experiment learns; empty in an installation without them."""
    return tuple(sorted(STRANGERS.glob("*.jpg")))
