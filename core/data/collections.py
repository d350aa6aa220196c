"""Download a public data set of faces with scikit-learn, and write some of it as a folder per person.

scikit-learn's fetchers neither report progress nor can be stopped, so they run in a process of their own.
"""

from __future__ import annotations

import multiprocessing
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from urllib.error import HTTPError, URLError

import numpy as np
from PIL import Image

from core.config import MIN_PEOPLE
from core.errors import ConfigError, DatasetError

POLL_S = 0.3
RETRIES = 3
# spawn: a fork of a process with threads may hang, and Windows has nothing else.
_CONTEXT = multiprocessing.get_context("spawn")
Process = _CONTEXT.Process
# One for each split.
FEWEST_PHOTOS = 3


@dataclass(frozen=True)
class Collection:
    """A public data set of faces.

    Attributes:
        name: as in commands and requests.
        title, licence: for showing.
        download_bytes: approximate size of the download.
        people, photos: the most people, and the most photos per person, that can be chosen.
        are_faces: its pictures are face crops already.
    """

    name: str
    title: str
    licence: str
    download_bytes: int
    people: int
    photos: int
    are_faces: bool


COLLECTIONS = {
    collection.name: collection
    for collection in (
        Collection(
            name="lfw",
            title="Labeled Faces in the Wild: photos of people in the news",
            licence="Huang and others, University of Massachusetts, 2007. News photos, collected for research.",
            download_bytes=243_000_000,
            people=200,
            photos=100,
            are_faces=False,
        ),
        Collection(
            name="olivetti",
            title="Olivetti faces: 40 people in one room, grey, 64 points wide",
            licence="AT&T Laboratories Cambridge, 1992 to 1994. Whoever shows them names that laboratory.",
            download_bytes=4_300_000,
            people=40,
            photos=10,
            are_faces=True,
        ),
    )
}


def collection(name: str) -> Collection:
    """Return a collection by name.

    Raises:
        ConfigError: there is none of that name; the message lists them.
    """
    if name not in COLLECTIONS:
        raise ConfigError(
            f'A collection must be one of {", ".join(COLLECTIONS)}, received "{name}"; name one of these.'
        )
    return COLLECTIONS[name]


def fetch(
    name: str, kept: Path, to: Path, *, people: int, photos: int, on_progress: Callable[[str, int, int], None]
) -> None:
    """Download a collection, and write some of it as `to/<person>/<photo>`.

    Args:
        name: "lfw" or "olivetti".
        kept: folder where the download stays, so that it happens once.
        to: a new folder.
        people: number of people; those with the most photos come first, then by name.
        photos: number of photos per person.
        on_progress: called with ("download", bytes so far, approximate total); may raise `Stopped`.

    Raises:
        ConfigError: there are not so many people or photos, or the number is too small.
        DatasetError: no network, or the download is incomplete.
    """
    chosen = collection(name)
    for what, value, least, most in (
        ("people", people, MIN_PEOPLE, chosen.people),
        ("photos", photos, FEWEST_PHOTOS, chosen.photos),
    ):
        if not least <= value <= most:
            raise ConfigError(
                f"{what.capitalize()} must be {least} to {most} here, received {value}; choose another number."
            )
    kept.mkdir(parents=True, exist_ok=True)
    _download(chosen, kept, on_progress)
    layouts = {"lfw": _lay_out_lfw, "olivetti": _lay_out_olivetti}
    layouts[name](kept, to, people, photos)


def _download(chosen: Collection, kept: Path, on_progress: Callable[[str, int, int], None]) -> None:
    answer = _CONTEXT.SimpleQueue()
    process = Process(target=_fetch_in_process, args=(chosen.name, str(kept), answer), daemon=True)
    process.start()
    try:
        while process.is_alive():
            on_progress("download", min(_bytes_in(kept), chosen.download_bytes), chosen.download_bytes)
            process.join(POLL_S)
    finally:
        if process.is_alive():
            process.terminate()
            process.join()
        for torn in kept.rglob("*.part_*"):
            torn.unlink(missing_ok=True)
    reason = answer.get() if not answer.empty() else f"the download ended with code {process.exitcode}"
    if reason:
        raise DatasetError(
            f'"{chosen.title}" could not be fetched ({reason}); check the internet connection and try again, or bring '
            "photos of your own."
        )


def _fetch_in_process(name: str, kept: str, answer: multiprocessing.SimpleQueue[str]) -> None:
    """Run scikit-learn's fetcher; put the reason of a failure, or "", into `answer`."""
    from sklearn import datasets

    try:
        if name == "lfw":
            # The download is the same for any arguments; these load the least of it.
            datasets.fetch_lfw_people(data_home=kept, min_faces_per_person=500, resize=0.1, n_retries=RETRIES)
        else:
            datasets.fetch_olivetti_faces(data_home=kept, n_retries=RETRIES)
    except HTTPError as error:
        answer.put(f"the server answered {error.code}")
    except URLError:
        answer.put("its server cannot be reached")
    except (OSError, ValueError) as error:
        answer.put(str(error).strip().partition("\n")[0][:200] or type(error).__name__)
    else:
        answer.put("")


def _bytes_in(folder: Path) -> int:
    total = 0
    for file in folder.rglob("*"):
        try:
            total += file.stat().st_size
        except FileNotFoundError:
            # The fetcher renamed it after it was listed.
            continue
    return total


def _lay_out_lfw(kept: Path, to: Path, people: int, photos: int) -> None:
    homes = [home for home in (kept / "lfw_home" / "lfw_funneled").iterdir() if home.is_dir()]
    pictures = {home: sorted(home.glob("*.jpg")) for home in homes}
    enough = [home for home in homes if len(pictures[home]) >= photos]
    if len(enough) < people:
        raise DatasetError(
            f"Only {len(enough)} people there have {photos} photos or more, received {people}; ask for fewer people."
        )
    for home in sorted(enough, key=lambda home: (-len(pictures[home]), home.name))[:people]:
        place = to / home.name.replace("_", " ")
        place.mkdir(parents=True)
        for picture in pictures[home][:photos]:
            shutil.copyfile(picture, place / picture.name)


def _lay_out_olivetti(kept: Path, to: Path, people: int, photos: int) -> None:
    from sklearn.datasets import fetch_olivetti_faces

    faces = fetch_olivetti_faces(data_home=kept, download_if_missing=False)
    for person in range(people):
        place = to / f"Person {person + 1:02}"
        place.mkdir(parents=True)
        for number, face in enumerate(faces.images[faces.target == person][:photos]):
            grey = np.round(255 * face).astype(np.uint8)
            Image.fromarray(grey).save(place / f"{number + 1:02}.png")
