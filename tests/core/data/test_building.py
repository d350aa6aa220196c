from __future__ import annotations

import shutil
from collections import defaultdict
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from core.config import SPLITS, CropConfig, SplitConfig
from core.data import edits, photofolder, splitting
from core.data.building import add_photos, build_dataset
from core.data.dataset import Dataset
from core.data.decode import decode
from core.data.detection import Face, find_faces
from core.data.recropping import recrop
from core.data.store import PhotoStore
from core.data.versions import delete_dataset, list_datasets, load_dataset
from core.errors import DatasetError, Stopped
from core.workspace import Workspace
from tests.drawn import encoded, exif, people_files, picture, unused, used, write_files, write_zip

WHOLE = CropConfig(detector="none", size_px=32)
Build = Callable[..., Dataset]


@pytest.fixture
def build(tmp_path: Path, lab_home: Workspace, monkeypatch: pytest.MonkeyPatch) -> Build:
    """Build a data set from files named by their path, in this process, whole photos unless told otherwise."""
    monkeypatch.setattr("core.data.parallel.FEW_PHOTOS", 10_000)

    def from_files(files: dict[str, bytes], **settings: object) -> Dataset:
        shutil.rmtree(tmp_path / "source", ignore_errors=True)
        folder = write_files(tmp_path / "source", files)
        return build_dataset(folder, lab_home, **({"crop": WHOLE} | settings))  # type: ignore[arg-type]

    return from_files


def stored(workspace: Workspace) -> list[str]:
    return sorted(path.parent.name for path in workspace.photos.glob("*/*/original"))


def find_by_brightness(photo_rgb: np.ndarray, detector: str) -> list[Face]:
    """Stand in for the detector: as many faces as the photo's left upper pixel says."""
    return [Face(10.0, 10.0, 60.0 - 10 * number, 80.0 - 10 * number) for number in range(int(photo_rgb[0, 0, 0]))]


def showing(n_faces: int, seed: int) -> bytes:
    """Draw a photo in which `find_by_brightness` finds so many faces."""
    rgb = picture(seed)
    rgb[0, 0, 0] = n_faces
    return encoded(rgb)


def test_the_whole_way(build: Build, lab_home: Workspace) -> None:
    steps: list[tuple[str, int, int]] = []
    files = people_files({"ben": 10, "anna": 10}) | {"notes.txt": b"x", "anna/broken.jpg": b"\xff\xd8\xff\xe0 broken"}
    dataset = build(files, on_progress=lambda *step: steps.append(step))
    assert dataset.name == "source"
    assert dataset.version == 1
    assert dataset.people == ("anna", "ben")
    assert [item.name for item in dataset.items] == sorted(people_files({"ben": 10, "anna": 10}))
    assert sum(dataset.counts().values()) == 20
    assert [(entry.name, entry.reason.split(" ")[1]) for entry in dataset.left_out] == [
        ("anna/broken.jpg", "cut"),
        ("notes.txt", "not"),
    ]
    assert dataset.to_review == ()
    assert all(item.face is None and item.n_faces == 0 for item in dataset.items)
    # Two folders and 22 files are listed, then the files looked into; a stop counts each time.
    assert steps[:46] == [("read", 0, 0)] * 46
    assert steps[46:68] == [("read", number, 22) for number in range(1, 23)]
    assert steps[68:] == [("crop", number, 21) for number in range(1, 22)]
    assert load_dataset(lab_home, dataset.id) == dataset
    assert [found.id for found in list_datasets(lab_home)] == [dataset.id]


def test_splits_are_disjoint_groups_and_all(build: Build) -> None:
    files = people_files({"anna": 20, "ben": 20})
    # Copies and near copies of some photos under other names.
    files |= {f"anna/copy {number}.png": files[f"anna/{number}.png"] for number in range(6)}
    files |= {f"ben/near {n}.jpg": encoded(picture(20 + n), "JPEG", quality=40) for n in range(6)}
    dataset = build(files)
    splits = defaultdict(set)
    for item in dataset.items:
        splits[item.group].add(item.split)
    assert all(len(found) == 1 for found in splits.values())
    assert len(splits) == 40
    of = {split: {item.sha256 for item in dataset.of(split)} for split in SPLITS}
    assert of["train"].isdisjoint(of["validation"])
    assert of["train"].isdisjoint(of["test"])
    assert of["validation"].isdisjoint(of["test"])
    people = {item.group: item.person for item in dataset.items}
    assert all(people[item.group] == item.person for item in dataset.items)


def test_a_folder_and_a_zip_of_the_same_photos_are_the_same_data_set(
    tmp_path: Path, build: Build, lab_home: Workspace
) -> None:
    files = people_files({"anna": 4, "ben": 4})
    first = build(files)
    again = build_dataset(write_zip(tmp_path / "other name.zip", files), lab_home, crop=WHOLE)
    assert again == first


def test_the_same_photos_again_are_not_decoded(
    build: Build, monkeypatch: pytest.MonkeyPatch, lab_home: Workspace
) -> None:
    files = people_files({"anna": 4, "ben": 4}) | {"anna/broken.jpg": b"\xff\xd8\xff\xe0 broken"}
    first = build(files)
    monkeypatch.setattr(photofolder, "decode", lambda data: pytest.fail("decoded again"))
    assert build(files) == first
    other_seed = build(files, split=SplitConfig(seed=1))
    assert other_seed.id != first.id
    assert other_seed.items != first.items
    delete_dataset(lab_home, first.id)
    assert build(files, split=SplitConfig(seed=1)) == other_seed


@pytest.mark.parametrize(
    "settings",
    [
        {"crop": CropConfig(detector="none", size_px=48)},
        {"split": SplitConfig(seed=5)},
        {"name": "another name"},
    ],
)
def test_other_settings_are_another_data_set(build: Build, settings: dict[str, object]) -> None:
    files = people_files({"anna": 4, "ben": 4})
    assert build(files).id != build(files, **settings).id
    assert build(files, **settings).id == build(files, **settings).id


def test_of_several_faces_the_largest_is_taken_and_the_photo_listed(
    build: Build, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("core.data.detection.find_faces", find_by_brightness)
    files = {f"{who}/{n}.png": showing(1, 10 * len(who) + n) for who in ("anna", "ben") for n in range(4)}
    files |= {"anna/two.png": showing(2, 91), "ben/none.png": showing(0, 92)}
    dataset = build(files, crop=CropConfig(size_px=32))
    assert {item.name: (item.n_faces, item.face) for item in dataset.items if item.n_faces != 1} == {
        "anna/two.png": (2, 0)
    }
    assert [(entry.name, entry.reason) for entry in dataset.to_review] == [
        ("anna/two.png", "shows 2 faces, the largest was taken")
    ]
    ((name, reason, sha256),) = [(entry.name, entry.reason, entry.sha256) for entry in dataset.left_out]
    assert name == "ben/none.png"
    assert reason.startswith("shows no face")
    # It stays in the store, to be looked at, and goes with the data set.
    assert sha256 in dataset.sha256s()


def test_a_person_of_whom_nothing_is_left_is_named_with_the_reason(
    build: Build, monkeypatch: pytest.MonkeyPatch, lab_home: Workspace
) -> None:
    monkeypatch.setattr("core.data.detection.find_faces", find_by_brightness)
    files = {f"{who}/{n}.png": showing(n_faces, n) for who, n_faces in (("anna", 0), ("ben", 1)) for n in range(4)}
    with pytest.raises(DatasetError, match=r'"anna" has no photo that can be used .*"anna/0.png" shows no face'):
        build(files, crop=CropConfig(size_px=32))
    assert stored(lab_home) == []


def test_too_few_photos_end_in_the_sentence_and_leave_nothing_behind(build: Build, lab_home: Workspace) -> None:
    with pytest.raises(DatasetError, match='Person "anna" has 1 photo; practice, mock exam and final exam need'):
        build(people_files({"anna": 1, "ben": 4}))
    assert stored(lab_home) == []
    assert list_datasets(lab_home) == []
    with pytest.raises(DatasetError, match='only "anna" was found'):
        build(people_files({"anna": 4}))


def test_too_many_people_are_told_from_their_names_before_a_photo_is_read(
    build: Build, lab_home: Workspace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = build(people_files({"anna": 3, "ben": 3}))
    monkeypatch.setattr(splitting, "MAX_PEOPLE", 2)
    monkeypatch.setattr(PhotoStore, "add", lambda *_: pytest.fail("a photo was read"))
    files = people_files({"anna": 3, "ben": 3, "carl": 3}, first_seed=50)
    for strict in (True, False):
        with pytest.raises(DatasetError, match="There are 3 people, at most 2"):
            build(files, strict=strict)
    more = write_files(tmp_path / "more", people_files({"carl": 3}, first_seed=90))
    with pytest.raises(DatasetError, match="There are 3 people, at most 2"):
        add_photos(more, lab_home, before, is_used=unused)
    monkeypatch.undo()
    assert build(files, without=["carl"]).people == ("anna", "ben")


def test_an_error_does_not_take_photos_that_another_data_set_uses(
    tmp_path: Path, build: Build, lab_home: Workspace
) -> None:
    dataset = build(people_files({"anna": 4, "ben": 4}))
    before = stored(lab_home)
    other = write_files(tmp_path / "other", people_files({"anna": 4, "carl": 1}))
    with pytest.raises(DatasetError, match="carl"):
        build_dataset(other, lab_home, crop=WHOLE)
    assert stored(lab_home) == before == sorted(dataset.sha256s())


@pytest.mark.parametrize("step", ["read", "crop"])
def test_stopping_leaves_nothing_behind(build: Build, lab_home: Workspace, step: str) -> None:
    def stop(at: str, done: int, total: int) -> None:
        if (at, done) == (step, 3):
            raise Stopped

    with pytest.raises(Stopped):
        build(people_files({"anna": 4, "ben": 4}), on_progress=stop)
    assert stored(lab_home) == []
    assert list_datasets(lab_home) == []


def test_given_splits_are_kept(build: Build) -> None:
    files: dict[str, bytes] = {}
    for seed, split in enumerate(("Train", "val", "TEST")):
        files |= people_files({"anna": 3, "ben": 2}, under=f"x/{split}/", first_seed=10 * seed)
    dataset = build(files)
    split_of = {"Train": "train", "val": "validation", "TEST": "test"}
    assert len(dataset.items) == 15
    assert all(item.split == split_of[item.name.split("/")[1]] for item in dataset.items)


def test_a_missing_validation_split_is_taken_from_train(build: Build) -> None:
    files = people_files({"anna": 10, "ben": 10}, under="train/")
    files |= people_files({"anna": 2, "ben": 2}, under="test/", first_seed=50)
    dataset = build(files)
    assert dataset.counts() == {"train": 16, "validation": 4, "test": 4}
    assert all(item.name.startswith("test/") for item in dataset.of("test"))


def test_unlabelled_test_photos_stay_without_a_person(build: Build) -> None:
    files = people_files({"anna": 10, "ben": 10}, under="train/")
    files |= {f"test/{n}.png": encoded(picture(60 + n)) for n in range(3)}
    dataset = build(files)
    assert [item.person for item in dataset.of("test")] == [None] * 3
    assert dataset.people == ("anna", "ben")
    assert dataset.counts() == {"train": 16, "validation": 4, "test": 3}


def test_copies_across_given_splits_and_across_people_are_listed(build: Build) -> None:
    files = people_files({"anna": 3, "ben": 3}, under="train/")
    files |= people_files({"anna": 3, "ben": 3}, under="val/", first_seed=20)
    files |= people_files({"anna": 3, "ben": 3}, under="test/", first_seed=40)
    files["test/anna/copy.png"] = files["train/anna/0.png"]
    files["train/ben/also anna.png"] = files["train/anna/1.png"]
    reasons = {entry.name: entry.reason for entry in build(files, count_leaks=("validation", "test")).to_review}
    assert reasons == {
        "test/anna/copy.png": 'belongs together with "train/anna/0.png" in another part of the split',
        "train/anna/0.png": 'belongs together with "test/anna/copy.png" in another part of the split',
        "train/ben/also anna.png": 'looks the same as "train/anna/1.png" of "anna"',
        "train/anna/1.png": 'looks the same as "train/ben/also anna.png" of "ben"',
    }


def test_a_burst_stays_on_one_side(build: Build) -> None:
    files = people_files({"ben": 5})
    for n in range(12):
        data = exif(taken_at=f"2024:05:06 07:{20 if n < 6 else n + 30}:{n:02}", make="Acme", model="Snap")
        files[f"anna/{n}.jpg"] = encoded(picture(50 + n), "JPEG", exif=data)
    dataset = build(files)
    burst = [item for item in dataset.items if item.name in {f"anna/{n}.jpg" for n in range(6)}]
    assert len({item.group for item in burst}) == len({item.split for item in burst}) == 1


def test_names_that_look_like_paths_stay_names(tmp_path: Path, lab_home: Workspace) -> None:
    files = {f"..\\..\\{who}/{n}.png": encoded(picture(10 * len(who) + n)) for who in ("a: b", "c?*") for n in range(3)}
    dataset = build_dataset(write_zip(tmp_path / "z.zip", files), lab_home, crop=WHOLE)
    assert dataset.people == ("a: b", "c?*")
    written = {path.relative_to(lab_home.root).parts[0] for path in lab_home.root.rglob("*")}
    assert written == {"photos", "datasets"}
    assert dataset.name == "z"


def test_photos_come_later_and_those_there_keep_their_place(build: Build, lab_home: Workspace, tmp_path: Path) -> None:
    before = build(people_files({"anna": 6, "ben": 6}))
    files = people_files({"anna": 5, "carl": 4}, first_seed=40) | {"dora/1.png": encoded(picture(90)), "x.txt": b"x"}
    files["anna/near.jpg"] = encoded(picture(0), "JPEG", quality=40)
    files["anna/again.png"] = people_files({"anna": 1})["anna/0.png"]
    steps: list[tuple[str, int, int]] = []
    more = write_zip(tmp_path / "more.zip", files)
    after = add_photos(more, lab_home, before, is_used=used, on_progress=lambda *step: steps.append(step))
    assert (after.id, after.version, after.people) == (before.id, 2, ("anna", "ben", "carl"))
    assert after.waiting == {"dora": 1}
    was = {item.sha256: (item.split, item.group) for item in before.items}
    assert was.items() <= {item.sha256: (item.split, item.group) for item in after.items}.items()
    of = {item.name: item for item in after.items}
    assert sum(item.sha256 == before.items[0].sha256 for item in after.items) == 1
    assert of["anna/near.jpg"].group == before.items[0].group
    assert {item.split for item in after.items if item.person == "carl"} == set(SPLITS)
    assert steps[-1][0] == "crop"
    assert load_dataset(lab_home, before.id) == after
    assert load_dataset(lab_home, before.id, 1) == before
    # The same again is no edit.
    assert add_photos(more, lab_home, after, is_used=used) == after


def test_photos_that_are_all_practice_join_train_unless_an_exam_has_their_take(
    build: Build, lab_home: Workspace, tmp_path: Path
) -> None:
    before = build(people_files({"anna": 6, "ben": 6}))
    exam = next(item for item in before.of("test") if item.person == "anna")
    files = people_files({"anna": 3, "carl": 2}, first_seed=40)
    files["anna/near.jpg"] = encoded(picture(int(exam.name[-5])), "JPEG", quality=40)
    after = add_photos(write_zip(tmp_path / "more.zip", files), lab_home, before, is_used=unused, train_only=True)
    new = [item for item in after.items if item not in before.items]
    assert sorted((item.name, item.split) for item in new if item.person == "anna") == [
        (f"anna/{number}.png", "train") for number in range(3)
    ]
    assert set(before.items) <= set(after.items)
    (left_out,) = [entry for entry in after.left_out if entry.kind == "leak"]
    assert left_out.reason == f'belongs to the same take as "{exam.name}" in the final exam'


def test_loose_photos_of_somebody_named(build: Build, lab_home: Workspace, tmp_path: Path) -> None:
    before = build(people_files({"anna": 4, "ben": 4}))
    loose = write_files(tmp_path / "loose", {f"{n}.png": encoded(picture(50 + n)) for n in range(4)} | {"a.txt": b"x"})
    after = add_photos(loose, lab_home, before, is_used=unused, person=" Zoe\u0308 ")
    assert after.people == ("Zoë", "anna", "ben")
    assert [(entry.name, entry.person, entry.kind) for entry in after.left_out] == [("a.txt", "Zoë", "not_a_photo")]
    one = write_files(tmp_path / "one", {"x.png": encoded(picture(80))}) / "x.png"
    after = add_photos(one, lab_home, after, is_used=unused, person="anna")
    assert sum(item.person == "anna" for item in after.items) == 5
    with pytest.raises(DatasetError, match="at least one letter"):
        add_photos(loose, lab_home, after, is_used=unused, person=" ")


def test_adding_lets_in_who_waited(build: Build, lab_home: Workspace, tmp_path: Path) -> None:
    before = build(people_files({"anna": 4, "ben": 2}), strict=False)
    assert (before.people, before.waiting) == (("anna",), {"ben": 2})
    more = write_files(tmp_path / "more", people_files({"ben": 1}, first_seed=70))
    after = add_photos(more, lab_home, before, is_used=unused)
    assert (after.people, after.waiting, after.left_out) == (("anna", "ben"), {}, ())
    assert {item.split for item in after.items if item.person == "ben"} == set(SPLITS)


def test_adding_that_fails_or_is_stopped_changes_nothing(build: Build, lab_home: Workspace, tmp_path: Path) -> None:
    before = build(people_files({"anna": 4, "ben": 4}))
    kept = stored(lab_home)

    def stop(step: str, done: int, total: int) -> None:
        if (step, done) == ("crop", 2):
            raise Stopped

    more = write_files(tmp_path / "more", people_files({"carl": 4}, first_seed=70))
    with pytest.raises(Stopped):
        add_photos(more, lab_home, before, is_used=unused, on_progress=stop)
    with pytest.raises(DatasetError):
        add_photos(write_files(tmp_path / "none", {"x.txt": b"x"}), lab_home, before, is_used=unused)
    assert stored(lab_home) == kept
    assert load_dataset(lab_home, before.id) == before


def test_photos_brought_again_after_an_edit_begin_again(build: Build, lab_home: Workspace) -> None:
    files = people_files({"anna": 4, "ben": 4, "carl": 4})
    first = build(files)
    edited = edits.remove_person(lab_home, first, "carl", is_used=unused)
    again = build(files)
    assert again.people == ("anna", "ben", "carl")
    assert again.id != first.id
    assert load_dataset(lab_home, first.id) == edited
    assert build(files) == again


def test_what_was_built_leniently_is_no_answer_to_a_strict_wish(build: Build) -> None:
    files = people_files({"anna": 4, "ben": 4, "carl": 2})
    assert build(files, strict=False).waiting == {"carl": 2}
    with pytest.raises(DatasetError, match="carl"):
        build(files)


# With real photos.


@pytest.mark.real_data
@pytest.mark.slow
def test_six_people_of_forty_photos_each(shared_data: Path, lab_home: Workspace) -> None:
    dataset = build_dataset(shared_data / "lfw-six", lab_home)
    assert dataset.counts() == {"train": 144, "validation": 36, "test": 60}
    assert dataset.left_out == ()
    assert len(dataset.people) == 6
    # Three pairs of copies are known among these photos.
    sizes = np.bincount([item.group for item in dataset.items])
    assert sizes.max() == 2
    assert (sizes == 2).sum() == 3
    assert all(entry.reason.endswith("faces, the largest was taken") for entry in dataset.to_review)
    assert len(dataset.to_review) < 48


@pytest.mark.real_data
def test_hard_photos_among_good_ones(shared_data: Path, lab_home: Workspace, tmp_path: Path) -> None:
    people = {"Tony_Blair": 4, "Serena_Williams": 3}
    photos = {who: sorted((shared_data / "lfw-six" / who).glob("*.jpg"))[:count] for who, count in people.items()}
    files = {f"{who}/{path.name}": path.read_bytes() for who, paths in photos.items() for path in paths}
    blair = decode(photos["Tony_Blair"][0].read_bytes()).rgb
    williams = decode(photos["Serena_Williams"][0].read_bytes()).rgb
    files["Tony_Blair/both.heic"] = encoded(np.hstack([blair, williams]), "HEIF")
    files["Tony_Blair/nobody.webp"] = encoded(picture(1), "WEBP")
    files["Serena_Williams/sideways.tiff"] = encoded(np.rot90(williams).copy(), "TIFF", exif=exif(orientation=6))
    files["Serena_Williams/clip.mov"] = b"\0\0\0\x14ftypqt  \0\0\0\0qt  "
    dataset = build_dataset(write_zip(tmp_path / "z.zip", files), lab_home)
    assert {entry.name for entry in dataset.left_out} == {"Tony_Blair/nobody.webp", "Serena_Williams/clip.mov"}
    assert "Tony_Blair/both.heic" in {entry.name for entry in dataset.to_review}
    items = {item.name: item for item in dataset.items}
    assert items["Tony_Blair/both.heic"].n_faces >= 2
    sideways = items["Serena_Williams/sideways.tiff"]
    upright = items[f"Serena_Williams/{photos['Serena_Williams'][0].name}"]
    # The same photo, lying and upright, is one group, and gives nearly the same face.
    assert sideways.group == upright.group
    store = PhotoStore(lab_home.photos)
    for item in (sideways, upright):
        assert store.folder(item.sha256).stored_faces(dataset.crop.detector) == [
            face.rounded() for face in find_faces(williams)
        ]


YUNET = CropConfig(size_px=32)
HAAR = CropConfig(size_px=32, detector="haar", align=False)
LEFT, RIGHT = Face(10.0, 10.0, 50.0, 60.0), Face(90.0, 20.0, 40.0, 50.0)


def find(photo_rgb: np.ndarray, detector: str) -> list[Face]:
    """Find as many faces as the upper left pixel says; the second detector finds one more, and in the other order."""
    count = int(photo_rgb[0, 0, 0])
    if detector == "yunet":
        return [LEFT, RIGHT][:count]
    return [replace(RIGHT, x=92.0), replace(LEFT, y=12.0)] if count == 2 else [LEFT]


@pytest.fixture
def dataset(tmp_path: Path, lab_home: Workspace, monkeypatch: pytest.MonkeyPatch) -> Dataset:
    monkeypatch.setattr("core.data.parallel.FEW_PHOTOS", 10_000)
    monkeypatch.setattr("core.data.detection.find_faces", find)
    files = {f"{who}/{n}.png": showing(1, 10 * len(who) + n) for who in ("anna", "ben") for n in range(4)}
    files |= {"anna/two.png": showing(2, 90), "ben/two.png": showing(2, 91), "ben/none.png": showing(0, 92)}
    return build_dataset(write_files(tmp_path / "source", files), lab_home, crop=YUNET, strict=False)


def faces_of(dataset: Dataset) -> dict[str, tuple[int, int | None]]:
    return {item.name: (item.n_faces, item.face) for item in dataset.items if item.n_faces > 1}


def test_another_margin_finds_nothing_anew_and_keeps_all_choices(
    dataset: Dataset, lab_home: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    two = next(item for item in dataset.items if item.name == "anna/two.png")
    chosen = edits.choose_face(lab_home, dataset, two.sha256, 1, is_used=unused)
    monkeypatch.setattr("core.data.detection.find_faces", lambda *_: pytest.fail("looked for faces again"))
    steps: list[tuple[str, int, int]] = []
    crop = replace(YUNET, margin=0.1)
    after = recrop(lab_home, chosen, crop, is_used=unused, on_progress=lambda *step: steps.append(step))
    assert after.crop == crop
    assert (after.items, after.left_out, after.to_review) == (chosen.items, chosen.left_out, chosen.to_review)
    assert load_dataset(lab_home, dataset.id) == after
    assert steps[-1] == ("crop", 11, 11)
    store = PhotoStore(lab_home.photos)
    assert store.folder(dataset.items[0].sha256).crop_path(crop, 0).exists()
    monkeypatch.setattr(photofolder, "decode", lambda _: pytest.fail("decoded again"))
    assert recrop(lab_home, after, crop, is_used=unused) is not None
    back = recrop(lab_home, after, YUNET, is_used=unused)
    assert back.items == chosen.items


def test_another_detector_gives_everybody_another_chance(dataset: Dataset, lab_home: Workspace) -> None:
    assert [entry.kind for entry in dataset.left_out] == ["no_face"]
    two = {item.name: item.sha256 for item in dataset.items}
    chosen = edits.choose_faces(lab_home, dataset, {two["anna/two.png"]: 1}, is_used=used)
    after = recrop(lab_home, chosen, HAAR, is_used=used)
    assert after.left_out == ()
    assert "ben/none.png" in {item.name for item in after.items}
    # The chosen face is found again by its place; where nobody chose, the largest is taken.
    assert faces_of(after) == {"anna/two.png": (2, 0), "ben/two.png": (2, 0)}
    assert [entry.name for entry in after.to_review] == ["ben/two.png"]
    before = {item.name: (item.split, item.group) for item in dataset.items}
    assert before.items() <= {item.name: (item.split, item.group) for item in after.items}.items()
    assert load_dataset(lab_home, dataset.id, 1) == dataset


def test_who_is_found_no_more_is_left_out_and_whole_photos_stay(dataset: Dataset, lab_home: Workspace) -> None:
    haar = recrop(lab_home, dataset, HAAR, is_used=unused)
    none = next(item for item in haar.items if item.name == "ben/none.png")
    two = next(item for item in haar.items if item.name == "ben/two.png")
    whole = edits.choose_face(lab_home, haar, two.sha256, None, is_used=unused)
    back = recrop(lab_home, whole, YUNET, is_used=unused)
    assert [(entry.name, entry.kind, entry.split) for entry in back.left_out] == [
        ("ben/none.png", "no_face", none.split)
    ]
    assert faces_of(back) == {"anna/two.png": (2, 0), "ben/two.png": (2, None)}


def test_a_stop_changes_nothing(dataset: Dataset, lab_home: Workspace) -> None:
    def stop(step: str, done: int, total: int) -> None:
        if done == 3:
            raise Stopped

    with pytest.raises(Stopped):
        recrop(lab_home, dataset, HAAR, is_used=unused, on_progress=stop)
    assert load_dataset(lab_home, dataset.id) == dataset


def test_the_same_settings_are_no_edit(dataset: Dataset, lab_home: Workspace) -> None:
    assert recrop(lab_home, dataset, YUNET, is_used=unused) == dataset
