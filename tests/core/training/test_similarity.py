from __future__ import annotations

import io
from contextlib import nullcontext
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from core.config import CropConfig
from core.data import edits
from core.data.building import build_dataset
from core.data.dataset import Dataset
from core.data.detection import Face
from core.data.samples import SAMPLE, sample_people
from core.data.similarity import load_similarity, save_similarity
from core.data.store import PhotoStore
from core.errors import Stopped
from core.jobfolder import JobFolder
from core.training import similarity
from core.training.pictures import Pictures
from core.workspace import Workspace
from tests.drawn import encoded, unused, write_files

COLOURS = {"anna": (220, 40, 40), "ben": (40, 220, 40), "carl": (40, 40, 220)}


def colours(*people: str, seed: int = 0) -> bytes:
    """Draw squares of 40 px beside each other, each in its person's colour."""
    rng = np.random.default_rng(seed)
    squares = [np.full((40, 40, 3), COLOURS[who]) + rng.integers(-20, 20, (40, 40, 3)) for who in people]
    return encoded(np.clip(np.hstack(squares), 0, 255).astype(np.uint8))


def find_squares(photo_rgb: np.ndarray, detector: str) -> list[Face]:
    return [Face(40.0 * number + 4, 4.0, 32.0, 32.0) for number in range(photo_rgb.shape[1] // 40)]


def mean_colour(pictures: Pictures) -> np.ndarray:
    faces_rgb = pictures.render(range(len(pictures)))
    assert faces_rgb.dtype == np.uint8
    assert faces_rgb.shape[1:] == (similarity.SIZE_PX, similarity.SIZE_PX, 3)
    return np.asarray(faces_rgb.mean(axis=(1, 2)))


@pytest.fixture
def squares(tmp_path: Path, lab_home: Workspace, monkeypatch: pytest.MonkeyPatch) -> Dataset:
    monkeypatch.setattr("core.data.parallel.FEW_PHOTOS", 10_000)
    monkeypatch.setattr("core.data.detection.find_faces", find_squares)
    monkeypatch.setattr(similarity, "bundled_features", lambda workspace: nullcontext(mean_colour))
    files = {f"{who}/{n}.png": colours(who, seed=10 * place + n) for place, who in enumerate(COLOURS) for n in range(5)}
    files |= {
        "anna/left.png": colours("anna", "ben", seed=50),
        "anna/right.png": colours("carl", "ben", "anna", seed=51),
        "ben/wrong.png": colours("carl", seed=52),
        "anna/both.png": colours("anna", "carl", seed=53),
        "carl/both.png": colours("anna", "carl", seed=53),
    }
    crop = CropConfig(size_px=48, margin=0.0, align=False)
    return build_dataset(write_files(tmp_path / "source", files), lab_home, crop=crop)


def job_for(workspace: Workspace, dataset: Dataset, version: int | None = None) -> JobFolder:
    request = {"kind": "compare", "lane": "helper", "dataset_id": dataset.id, "version": version or dataset.version}
    return JobFolder.create(workspace.jobs / "compare", request)


def test_compare_writes_guesses_and_odd_ones_beside_the_data_set(squares: Dataset, lab_home: Workspace) -> None:
    job = job_for(lab_home, squares)
    similarity.compare_faces(job, lab_home)
    assert job.result() == {"dataset_id": squares.id, "version": 1}
    assert [(event["step"], event["done"], event["total"]) for event in job.events()][-1] == ("compare", 20, 20)
    found = load_similarity(lab_home, squares)
    assert found is not None
    names = {item.sha256: item.name for item in squares.items}
    guessed = {}
    for key, guess in found.guesses.items():
        sha256, _, person = key.partition("/")
        guessed[names[sha256].split("/")[1], person] = guess.face, guess.sure
    assert guessed == {
        ("left.png", ""): (0, True),
        ("right.png", ""): (2, True),
        ("both.png", "anna"): (0, True),
        ("both.png", "carl"): (1, True),
    }
    assert [(odd.name, odd.person, odd.looks_like) for odd in found.mislabeled] == [("ben/wrong.png", "ben", "carl")]


def test_all_guesses_are_taken_at_once(squares: Dataset, lab_home: Workspace) -> None:
    similarity.compare_faces(job_for(lab_home, squares), lab_home)
    found = load_similarity(lab_home, squares)
    assert found is not None
    chosen = {key: guess.face for key, guess in found.guesses.items()}
    after = edits.choose_faces(lab_home, squares, chosen, is_used=unused)
    faces = {item.name: item.face for item in after.items if item.n_faces > 1}
    assert faces == {"anna/left.png": 0, "anna/right.png": 2, "anna/both.png": 0, "carl/both.png": 1}
    # What somebody decided is no longer guessed, but helps to know the person.
    again = similarity.face_similarity(after, lab_home, mean_colour)
    assert again.guesses == {}
    assert len(again.mislabeled) == 1


def test_a_version_that_went_away_meanwhile_is_no_failure(squares: Dataset, lab_home: Workspace) -> None:
    newer = edits.rename_dataset(lab_home, squares, "x", is_used=unused)
    job = job_for(lab_home, squares)
    similarity.compare_faces(job, lab_home)
    assert job.result() == {"dataset_id": squares.id, "version": 2}
    assert load_similarity(lab_home, newer) is not None


def test_compare_stops_between_two_photos(squares: Dataset, lab_home: Workspace) -> None:
    job = job_for(lab_home, squares)
    job.ask_to_stop()
    with pytest.raises(Stopped):
        similarity.compare_faces(job, lab_home)
    assert load_similarity(lab_home, squares) is None


def test_photos_that_are_gone_and_empty_data_sets_are_no_failure(squares: Dataset, lab_home: Workspace) -> None:
    PhotoStore(lab_home.photos).remove([squares.items[0].sha256])
    found = similarity.face_similarity(squares, lab_home, mean_colour)
    save_similarity(lab_home, squares, found)
    assert len(found.guesses) == 4
    empty = similarity.face_similarity(replace(squares, items=()), lab_home, mean_colour)
    assert (empty.guesses, empty.mislabeled) == ({}, ())


# With the bundled network and the drawn people.

ALONE, GROUPS = 5, 30


@pytest.mark.slow
def test_nine_of_ten_faces_are_found_in_group_photos(tmp_path: Path, lab_home: Workspace) -> None:
    files, places = _album()
    dataset = build_dataset(write_files(tmp_path / "album", files), lab_home)
    with similarity.bundled_features(lab_home) as features:
        found = similarity.face_similarity(dataset, lab_home, features)
        again = similarity.face_similarity(dataset, lab_home, features)
    assert again == found
    store = PhotoStore(lab_home.photos)
    right, sure = [], []
    for item in dataset.items:
        if item.name in places and item.n_faces > 1:
            guess = found.guesses[item.sha256]
            face = (store.folder(item.sha256).stored_faces(dataset.crop.detector) or [])[guess.face]
            left, end = places[item.name]
            right.append(left <= face.x + face.width / 2 < end)
            sure.append(guess.sure)
    largest = sum(_largest_is_meant(store, dataset, places))
    print(f"{sum(right)} of {len(right)} guessed right, {sum(sure)} sure; the largest face: {largest}")
    assert len(right) >= 0.9 * GROUPS
    assert np.mean(right) >= 0.9
    assert np.mean([ok for ok, is_sure in zip(right, sure, strict=True) if is_sure]) >= 0.95
    assert np.mean(sure) >= 0.7
    assert len(found.mislabeled) <= 1


def _album() -> tuple[dict[str, bytes], dict[str, tuple[int, int]]]:
    """Compose an album of the drawn people: some photos of each alone, and group photos in one's folder.

    Returns:
        The files, and from where to where in each group photo the one is who is meant.
    """
    rng = np.random.default_rng(0)
    people = [person.name for person in sample_people()]
    files: dict[str, bytes] = {}
    places: dict[str, tuple[int, int]] = {}
    photos: dict[str, list[Path]] = {}
    for who in people:
        found = sorted((SAMPLE / "test" / who).glob("*.jpg"))
        photos[who] = [found[place] for place in rng.permutation(len(found))]
        files |= {f"{who}/{n}.jpg": photos[who][n].read_bytes() for n in range(ALONE)}
    for number in range(GROUPS):
        group = rng.choice(people, int(rng.integers(2, 5)), replace=False).tolist()
        shown = [photos[other][int(rng.integers(ALONE, len(photos[other])))] for other in group]
        name = f"{group[0]}/group {number}.jpg"
        files[name], places[name] = _beside(shown, rng)
    return files, places


def _beside(photos: list[Path], rng: np.random.Generator) -> tuple[bytes, tuple[int, int]]:
    """Put photos beside each other in any order and at several sizes; give where the first of them is."""
    scales = rng.permutation([0.6, 0.8, 1.0, 1.25])
    pictures = []
    for photo, scale in zip(photos, scales, strict=False):
        with Image.open(photo) as image:
            pictures.append(image.convert("RGB").resize((int(image.width * scale), int(image.height * scale))))
    group = Image.new("RGB", (sum(one.width for one in pictures), max(one.height for one in pictures)), (120, 110, 100))
    left, place = 0, (0, 0)
    for number in rng.permutation(len(pictures)).tolist():
        group.paste(pictures[number], (left, group.height - pictures[number].height))
        place = (left, left + pictures[number].width) if number == 0 else place
        left += pictures[number].width
    data = io.BytesIO()
    group.save(data, "JPEG", quality=85)
    return data.getvalue(), place


def _largest_is_meant(store: PhotoStore, dataset: Dataset, places: dict[str, tuple[int, int]]) -> list[bool]:
    """Tell where taking the largest face, as without a guess, would have been right."""
    meant = []
    for item in dataset.items:
        if item.name in places and item.n_faces > 1:
            face = (store.folder(item.sha256).stored_faces(dataset.crop.detector) or [])[0]
            meant.append(places[item.name][0] <= face.x + face.width / 2 < places[item.name][1])
    return meant
