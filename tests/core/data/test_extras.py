"""Photos that lie beside the folders of a split: offered, and left out until somebody says so."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from core.config import SPLITS, CropConfig, SplitConfig
from core.data import edits
from core.data.building import add_photos, build_dataset
from core.data.dataset import Dataset
from core.data.detection import Face
from core.data.read import LeftOut
from core.data.recropping import recrop
from core.data.similarity import Guess, Similarity, key_of, load_similarity, save_similarity
from core.data.store import PhotoStore
from core.data.versions import load_dataset
from core.errors import DatasetError
from core.workspace import Workspace
from tests.drawn import encoded, picture, unused, used, write_files

CROP = CropConfig(size_px=32)
Build = Callable[..., Dataset]
# What the left upper pixel of a drawn photo says of its faces, and of how large they are.
TINY = 9


def find(photo_rgb: np.ndarray, detector: str) -> list[Face]:
    """Find as many faces as the left upper pixel says; the second detector finds one where the first finds none."""
    said = int(photo_rgb[0, 0, 0])
    if said == TINY:
        return [Face(10.0, 10.0, 20.0, 30.0)]
    count = max(said, 1) if detector == "haar" else said
    return [Face(10.0 + 5 * number, 10.0, 60.0 - 5 * number, 80.0 - 5 * number) for number in range(count)]


def showing(n_faces: int, seed: int) -> bytes:
    rgb = picture(seed)
    rgb[0, 0, 0] = n_faces
    return encoded(rgb)


def fixed(each: int = 3) -> dict[str, bytes]:
    """Draw two people with so many photos in each of the three folders."""
    return {
        f"{split}/{who}/{n}.png": showing(1, 100 * place + 10 * len(who) + n)
        for place, split in enumerate(("train", "val", "test"))
        for who in ("anna", "ben")
        for n in range(each)
    }


BESIDE = {
    "more/anna/good.png": showing(1, 901),
    "more/anna/two.png": showing(2, 902),
    "more/ben/none.png": showing(0, 903),
    "more/ben/tiny.png": showing(TINY, 904),
    "more/ben/broken.jpg": b"\xff\xd8\xff\xe0 broken",
    "more/ben/letter.jpg": b"Dear Ben",
    "more/zoe/1.png": showing(1, 905),
}


@pytest.fixture
def source(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[dict[str, bytes]], Path]:
    monkeypatch.setattr("core.data.parallel.FEW_PHOTOS", 10_000)
    monkeypatch.setattr("core.data.detection.find_faces", find)
    return lambda files: write_files(tmp_path / f"source {len(list(tmp_path.iterdir()))}", files)


@pytest.fixture
def build(source: Callable[[dict[str, bytes]], Path], lab_home: Workspace) -> Build:
    return lambda files, **settings: build_dataset(source(files), lab_home, crop=CROP, **settings)


def entry_of(dataset: Dataset, name: str) -> LeftOut:
    return next(entry for entry in dataset.left_out if entry.name == name)


def splits_of(dataset: Dataset) -> dict[str, str]:
    return {item.name: item.split for item in dataset.items}


def use(workspace: Workspace, dataset: Dataset, name: str) -> Dataset:
    """Use an extra photo as the page does."""
    entry = entry_of(dataset, name)
    assert entry.sha256
    face = None if entry.kind == "no_face" else entry.face
    return edits.use_photo(workspace, dataset, entry.sha256, face, is_used=unused, of=entry.person)


@pytest.mark.parametrize("strict", [True, False])
def test_each_is_kept_and_offered_as_what_it_is_and_none_is_used(
    build: Build, lab_home: Workspace, strict: bool
) -> None:
    dataset = build(fixed() | BESIDE, strict=strict)
    assert set(splits_of(dataset)) == set(fixed())
    assert dataset.to_review == ()
    found = {entry.name: (entry.kind, entry.person, entry.split, entry.face) for entry in dataset.left_out}
    assert found == {
        "more/anna/good.png": ("spare", "anna", "train", 0),
        "more/anna/two.png": ("several_faces", "anna", "train", 0),
        "more/ben/none.png": ("no_face", "ben", "train", None),
        "more/ben/tiny.png": ("small_face", "ben", "train", 0),
        "more/ben/broken.jpg": ("unreadable", "ben", "train", 0),
        "more/ben/letter.jpg": ("unreadable", None, None, 0),
        "more/zoe/1.png": ("misplaced", None, None, 0),
    }
    assert entry_of(dataset, "more/anna/two.png").n_faces == 2
    assert entry_of(dataset, "more/anna/two.png").reason.startswith("shows 2 faces; lies beside")
    assert entry_of(dataset, "more/ben/tiny.png").reason.startswith("shows a face of only 30 pixels; lies beside")
    assert dataset.waiting == {}
    assert dataset.sha256s() == PhotoStore(lab_home.photos).sha256s()
    assert load_dataset(lab_home, dataset.id) == dataset


def test_using_one_adds_to_practice_and_moves_nothing(build: Build, lab_home: Workspace) -> None:
    before = build(fixed() | BESIDE)
    after = before
    for name in ("more/anna/good.png", "more/ben/none.png", "more/ben/tiny.png"):
        after = use(lab_home, after, name)
    two = entry_of(after, "more/anna/two.png")
    after = edits.choose_face(lab_home, after, two.sha256 or "", 1, is_used=unused, of="anna")
    assert splits_of(before).items() <= splits_of(after).items()
    new = {item.name: (item.split, item.person, item.face, item.looked) for item in after.items[:]}
    assert {name: said for name, said in new.items() if name not in splits_of(before)} == {
        "more/anna/good.png": ("train", "anna", 0, True),
        "more/anna/two.png": ("train", "anna", 1, True),
        "more/ben/none.png": ("train", "ben", None, True),
        "more/ben/tiny.png": ("train", "ben", 0, True),
    }
    assert after.to_review == ()
    assert {entry.kind for entry in after.left_out} == {"unreadable", "misplaced"}


def test_all_guesses_are_taken_at_once_and_survive_other_edits(build: Build, lab_home: Workspace) -> None:
    used_two = {"train/ben/two.png": showing(2, 910), "more/ben/two.png": showing(2, 911)}
    before = build(fixed() | used_two | {"more/anna/both.png": showing(2, 912), "more/ben/both.png": showing(2, 912)})
    asked = [*(item for item in before.items if item.n_faces > 1), *before.extra_group_photos]
    keys = {item.name: key_of(before, item) for item in asked}
    both = entry_of(before, "more/anna/both.png").sha256
    assert keys["more/anna/both.png"] == f"{both}/anna"
    assert keys["more/ben/both.png"] == f"{both}/ben"
    guesses = {key: Guess(1, True, (0.1, 0.5)) for key in keys.values()}
    save_similarity(lab_home, before, Similarity(guesses))
    renamed = edits.rename_person(lab_home, before, "anna", "Anna", is_used=unused)
    known = load_similarity(lab_home, renamed)
    assert known is not None
    assert set(known.guesses) == {f"{both}/Anna", *keys.values()} - {f"{both}/anna"}
    with pytest.raises(DatasetError, match="shows 2 faces"):
        edits.choose_face(lab_home, renamed, both or "", 2, is_used=unused, of="Anna")
    after = edits.choose_faces(lab_home, renamed, dict.fromkeys(known.guesses, 1), is_used=unused)
    assert {(item.name, item.person, item.face) for item in after.items if item.n_faces > 1} == {
        ("train/ben/two.png", "ben", 1),
        ("more/ben/two.png", "ben", 1),
        ("more/ben/both.png", "ben", 1),
        ("more/anna/both.png", "Anna", 1),
    }
    assert after.left_out == ()


def test_left_out_stays_left_out_and_can_be_used_after_all(build: Build, lab_home: Workspace) -> None:
    before = build(fixed() | BESIDE)
    ids = [entry.sha256 for entry in before.left_out if entry.sha256]
    out = edits.leave_out(lab_home, before, ids, is_used=unused)
    assert {entry.kind for entry in out.left_out} == {"removed", "misplaced"}
    for name in ("more/anna/good.png", "more/anna/two.png", "more/ben/none.png"):
        entry = entry_of(out, name)
        out = edits.use_photo(lab_home, out, entry.sha256 or "", entry.face, is_used=unused, of=entry.person)
        assert splits_of(out)[name] == "train"


def test_what_an_exam_has_already_is_offered_to_nobody(build: Build) -> None:
    files = fixed()
    # Saved again, it is no longer the same file; using it in practice would give the exam's answer away.
    near = showing(1, 200 + 10 * len("anna"))
    rgb = picture(200 + 10 * len("anna"))
    rgb[0] = 1
    copies = {
        "more/anna/again.png": files["test/anna/0.png"],
        "more/anna/near.png": encoded(rgb),
        "more/anna/practised.png": files["train/anna/0.png"],
        "more/ben/twice 1.png": showing(1, 920),
        "more/ben/twice 2.png": showing(1, 920),
    }
    assert near == files["test/anna/0.png"] != copies["more/anna/near.png"]
    dataset = build(files | copies)
    assert {entry.name: entry.kind for entry in dataset.left_out} == {
        "more/anna/again.png": "misplaced",
        "more/anna/near.png": "misplaced",
        "more/anna/practised.png": "misplaced",
        "more/ben/twice 1.png": "spare",
        "more/ben/twice 2.png": "misplaced",
    }
    assert "exam" in entry_of(dataset, "more/anna/near.png").reason
    assert "there already" in entry_of(dataset, "more/anna/practised.png").reason


def test_another_detector_looks_again_and_still_uses_none(build: Build, lab_home: Workspace) -> None:
    before = build(fixed() | BESIDE)
    out = edits.leave_out(lab_home, before, [entry_of(before, "more/anna/good.png").sha256 or ""], is_used=unused)
    haar = CropConfig(size_px=32, detector="haar", align=False)
    after = recrop(lab_home, out, haar, is_used=unused)
    assert splits_of(after) == splits_of(before)
    assert {entry.name: entry.kind for entry in after.left_out} == {
        "more/anna/good.png": "removed",
        "more/anna/two.png": "several_faces",
        "more/ben/none.png": "spare",
        "more/ben/tiny.png": "small_face",
        "more/ben/broken.jpg": "unreadable",
        "more/ben/letter.jpg": "unreadable",
        "more/zoe/1.png": "misplaced",
    }
    assert entry_of(after, "more/anna/two.png").reason == entry_of(before, "more/anna/two.png").reason


def test_brought_later_they_are_offered_once(
    build: Build, source: Callable[[dict[str, bytes]], Path], lab_home: Workspace
) -> None:
    before = build(fixed())
    brought = source({name: data for name, data in (fixed() | BESIDE).items() if name != "more/ben/letter.jpg"})
    after = add_photos(brought, lab_home, before, is_used=unused)
    assert splits_of(after) == splits_of(before)
    assert {entry.kind for entry in after.left_out} == {
        "spare", "several_faces", "no_face", "small_face", "unreadable", "misplaced"
    }  # fmt: skip
    assert add_photos(brought, lab_home, after, is_used=unused) == after
    taken = use(lab_home, after, "more/anna/good.png")
    out = edits.leave_out(lab_home, taken, [entry_of(taken, "more/ben/tiny.png").sha256 or ""], is_used=unused)
    again = add_photos(brought, lab_home, out, is_used=unused)
    assert entry_of(again, "more/ben/tiny.png").kind == "removed"
    assert "more/anna/good.png" not in {entry.name for entry in again.left_out}


def test_where_the_lab_deals_the_exams_they_are_practice_too(build: Build, lab_home: Workspace) -> None:
    files = {f"train/{who}/{n}.png": showing(1, 10 * len(who) + n) for who in ("anna", "ben") for n in range(6)}
    before = build(files | BESIDE)
    assert {item.split for item in before.items} == set(SPLITS)
    after = use(lab_home, before, "more/anna/good.png")
    assert splits_of(after) == splits_of(before) | {"more/anna/good.png": "train"}


def test_dealing_everything_again_leaves_them_out(build: Build, lab_home: Workspace) -> None:
    before = build(fixed() | BESIDE)
    after = edits.resplit(lab_home, before, SplitConfig(seed=3), is_used=used)
    assert after.left_out == before.left_out
