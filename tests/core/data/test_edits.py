from __future__ import annotations

import shutil
from collections import defaultdict
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from filelock import FileLock

from core.config import SPLITS, CropConfig, SplitConfig
from core.data import edits
from core.data.building import build_dataset
from core.data.dataset import Dataset
from core.data.detection import Face
from core.data.similarity import Guess, Mislabeled, Similarity, key_of, load_similarity, save_similarity
from core.data.store import PhotoStore
from core.data.versions import load_dataset
from core.errors import DatasetError
from core.workspace import Workspace
from tests.drawn import encoded, exif, people_files, picture, unused, used, write_files

WHOLE = CropConfig(detector="none", size_px=32)
FACES = CropConfig(size_px=32)
Build = Callable[..., Dataset]


@pytest.fixture
def build(tmp_path: Path, lab_home: Workspace, monkeypatch: pytest.MonkeyPatch) -> Build:
    """Build a data set leniently, in this process; faces are found by the photo's left upper pixel."""
    monkeypatch.setattr("core.data.parallel.FEW_PHOTOS", 10_000)
    monkeypatch.setattr("core.data.detection.find_faces", find_by_brightness)

    def from_files(files: dict[str, bytes], **settings: object) -> Dataset:
        shutil.rmtree(tmp_path / "source", ignore_errors=True)
        folder = write_files(tmp_path / "source", files)
        return build_dataset(folder, lab_home, strict=False, **({"crop": WHOLE} | settings))  # type: ignore[arg-type]

    return from_files


def find_by_brightness(photo_rgb: np.ndarray, detector: str) -> list[Face]:
    return [Face(10.0, 10.0, 60.0 - 5 * number, 80.0 - 5 * number) for number in range(int(photo_rgb[0, 0, 0]))]


def showing(n_faces: int, seed: int) -> bytes:
    rgb = picture(seed)
    rgb[0, 0, 0] = n_faces
    return encoded(rgb)


def burst(person: str, count: int, first_seed: int) -> dict[str, bytes]:
    return {
        f"{person}/burst {n}.jpg": encoded(
            picture(first_seed + n),
            "JPEG",
            exif=exif(taken_at=f"2024:05:06 07:20:{n:02}", make="Acme", model="Snap"),
        )
        for n in range(count)
    }


def splits_of(dataset: Dataset, person: str | None = None) -> dict[str, str]:
    return {item.name: item.split for item in dataset.items if person in (None, item.person)}


def sha_of(dataset: Dataset, name: str) -> str:
    named = {entry.name: entry.sha256 for entry in (*dataset.items, *dataset.left_out)}
    assert named[name] is not None
    return str(named[name])


def check_whole(dataset: Dataset, workspace: Workspace) -> None:
    """Hold what every data set must be: saved as it is, groups whole and of one person, everybody in practice."""
    assert load_dataset(workspace, dataset.id) == dataset
    assert dataset.people == tuple(sorted({item.person for item in dataset.items if item.person}))
    of_group = defaultdict(set)
    for item in dataset.items:
        of_group[item.group].add((item.person, item.split))
    assert all(len(found) == 1 for found in of_group.values())
    for person in dataset.people:
        assert set(splits_of(dataset, person).values()) == set(SPLITS)
    store = PhotoStore(workspace.photos)
    assert dataset.sha256s() <= store.sha256s()


def test_people_with_too_few_photos_stop_nobody(build: Build, lab_home: Workspace) -> None:
    dataset = build(people_files({"anna": 4, "ben": 4, "carl": 2}) | {"dora/broken.jpg": b"\xff\xd8\xff\xe0 broken"})
    assert dataset.people == ("anna", "ben")
    assert dataset.is_trainable
    assert dataset.waiting == {"carl": 2, "dora": 0}
    assert {(entry.name, entry.person, entry.kind) for entry in dataset.left_out} == {
        ("carl/0.png", "carl", "too_few"),
        ("carl/1.png", "carl", "too_few"),
        ("dora/broken.jpg", "dora", "unreadable"),
    }
    assert dataset.left_out[0].reason.startswith('Person "carl" has 2 photos; practice, mock exam and final exam need')
    check_whole(dataset, lab_home)


@pytest.mark.parametrize("counts", [{"anna": 1}, {"anna": 5}, {"anna": 1, "ben": 2}])
def test_even_one_person_or_none_is_kept_but_not_for_training(
    build: Build, lab_home: Workspace, counts: dict[str, int]
) -> None:
    dataset = build(people_files(counts))
    assert not dataset.is_trainable
    assert set(dataset.people) | set(dataset.waiting) == set(counts)
    check_whole(dataset, lab_home)


def test_a_name_is_changed_and_nothing_else(build: Build, lab_home: Workspace) -> None:
    before = build(people_files({"anna": 6, "ben": 6, "carl": 1}))
    after = edits.rename_person(lab_home, before, "ben", " Ab\x07el\n", is_used=unused)
    assert after.people == ("Ab\N{REPLACEMENT CHARACTER}el", "anna")
    after = edits.rename_person(lab_home, after, after.people[0], "abel", is_used=unused)
    after = edits.rename_person(lab_home, after, "carl", "Cäsar", is_used=unused)
    assert after.people == ("abel", "anna")
    assert after.waiting == {"Cäsar": 1}
    assert splits_of(after) == splits_of(before)
    assert (after.id, after.version) == (before.id, 4)
    check_whole(after, lab_home)
    assert edits.rename_person(lab_home, after, "anna", "anna", is_used=unused) is after
    for old, new in (("ben", "x"), ("anna", "  ")):
        with pytest.raises(DatasetError):
            edits.rename_person(lab_home, after, old, new, is_used=unused)


def test_two_spellings_become_one_person_without_copies_on_two_sides(build: Build, lab_home: Workspace) -> None:
    files = people_files({"Zoe": 8, "ben": 4}) | people_files({"Zoë": 8}, first_seed=50)
    files["Zoë/same.png"] = files["Zoe/0.png"]
    for n in range(1, 8):
        files[f"Zoë/near {n}.jpg"] = encoded(picture(n), "JPEG", quality=40)
    before = build(files)
    assert len(before.people) == 3
    after = edits.rename_person(lab_home, before, "Zoe", "Zoë", is_used=unused)
    assert after.people == ("Zoë", "ben")
    # The copy counts once; near copies share a group; who was Zoë before stays where she was.
    assert len(splits_of(after, "Zoë")) == 8 + 8 + 8 - 1
    assert splits_of(before, "Zoë").items() <= splits_of(after, "Zoë").items()
    groups = {item.name: item.group for item in after.items}
    assert all(groups[f"Zoë/near {n}.jpg"] == groups[f"Zoe/{n}.png"] for n in range(1, 8))
    check_whole(after, lab_home)


def test_merging_with_somebody_who_waited_lets_both_in(build: Build, lab_home: Workspace) -> None:
    before = build(people_files({"anna": 4, "ben": 4, "carl": 2, "Carl": 1}))
    assert before.waiting == {"Carl": 1, "carl": 2}
    after = edits.rename_person(lab_home, before, "carl", "Carl", is_used=unused)
    assert after.people == ("Carl", "anna", "ben")
    assert after.waiting == {}
    check_whole(after, lab_home)


def test_an_old_version_stays_where_a_run_has_it(build: Build, lab_home: Workspace) -> None:
    first = build(people_files({"anna": 4, "ben": 4, "carl": 4}))
    kept = edits.remove_person(lab_home, first, "carl", is_used=used)
    assert load_dataset(lab_home, first.id, 1) == first
    assert PhotoStore(lab_home.photos).sha256s() == first.sha256s()
    gone = edits.remove_person(lab_home, kept, "ben", is_used=unused)
    with pytest.raises(DatasetError):
        load_dataset(lab_home, first.id, 2)
    assert load_dataset(lab_home, first.id, 1) == first
    assert (gone.version, gone.people) == (3, ("anna",))


def test_removed_people_and_photos_leave_the_disk(build: Build, lab_home: Workspace) -> None:
    before = build(people_files({"anna": 5, "ben": 4, "carl": 1}))
    photo = sha_of(before, "anna/0.png")
    after = edits.remove_person(lab_home, before, "carl", is_used=unused)
    after = edits.remove_person(lab_home, after, "ben", is_used=unused)
    after = edits.remove_photos(lab_home, after, [photo], is_used=unused)
    assert after.waiting == {}
    assert len(after.items) == 4
    assert PhotoStore(lab_home.photos).sha256s() == after.sha256s()
    assert [path.name for path in (lab_home.datasets / after.id).iterdir()] == ["v4.json"]
    for change in (edits.remove_photos, edits.leave_out, edits.confirm):
        with pytest.raises(DatasetError, match="no longer here"):
            change(lab_home, after, [photo], is_used=unused)
    with pytest.raises(DatasetError, match="nobody called"):
        edits.remove_person(lab_home, after, "ben", is_used=unused)


def test_who_loses_the_last_exam_photo_gets_another_and_then_waits(build: Build, lab_home: Workspace) -> None:
    before = build(people_files({"anna": 4, "ben": 6}))
    tested = [item.sha256 for item in before.of("test") if item.person == "anna"]
    after = edits.leave_out(lab_home, before, tested, is_used=unused)
    check_whole(after, lab_home)
    assert len(splits_of(after, "anna")) == 3
    assert splits_of(after, "ben") == splits_of(before, "ben")
    one_more = [item.sha256 for item in after.of("validation") if item.person == "anna"]
    waiting = edits.leave_out(lab_home, after, one_more, is_used=unused)
    assert waiting.people == ("ben",)
    assert waiting.waiting == {"anna": 2}
    back = edits.use_photo(lab_home, waiting, tested[0], None, is_used=unused)
    assert back.people == ("anna", "ben")
    assert [entry.kind for entry in back.left_out] == ["removed"]
    renamed = edits.rename_person(lab_home, waiting_again(lab_home, back), "anna", "Anna", is_used=unused)
    assert (renamed.people, renamed.waiting) == (("ben",), {"Anna": 2})
    back = edits.use_photo(lab_home, renamed, tested[0], None, is_used=unused)
    check_whole(back, lab_home)


def waiting_again(workspace: Workspace, dataset: Dataset) -> Dataset:
    photo = next(item for item in dataset.of("test") if item.person == "anna")
    return edits.leave_out(workspace, dataset, [photo.sha256], is_used=unused)


def test_a_photo_left_out_comes_back_to_its_place(build: Build, lab_home: Workspace) -> None:
    before = build(people_files({"anna": 8, "ben": 8}))
    for split in SPLITS:
        photo = next(item for item in before.of(split) if item.person == "anna")
        out = edits.leave_out(lab_home, load_dataset(lab_home, before.id), [photo.sha256], is_used=unused)
        assert [(entry.kind, entry.person) for entry in out.left_out] == [("removed", "anna")]
        back = edits.use_photo(lab_home, out, photo.sha256, None, is_used=unused)
        assert {item.split for item in back.items if item.sha256 == photo.sha256} == {split}
        check_whole(back, lab_home)
    # Only the mock exam had one photo; one other took its place while it was away.
    assert sum(splits_of(back)[name] != where for name, where in splits_of(before).items()) <= 1


def test_photos_move_to_others_and_to_somebody_new(build: Build, lab_home: Workspace) -> None:
    before = build(people_files({"anna": 9, "ben": 5}))
    moved = [sha_of(before, f"anna/{n}.png") for n in range(2)]
    after = edits.move_photos(lab_home, before, moved, "ben", is_used=unused)
    assert {"anna/0.png", "anna/1.png"} < set(splits_of(after, "ben"))
    assert splits_of(before, "ben").items() <= splits_of(after, "ben").items()
    check_whole(after, lab_home)
    new = [sha_of(before, f"anna/{n}.png") for n in range(2, 6)]
    after = edits.move_photos(lab_home, after, new, "Dora", is_used=unused)
    assert after.people == ("Dora", "anna", "ben")
    assert len(splits_of(after, "Dora")) == 4
    check_whole(after, lab_home)
    after = edits.move_photos(lab_home, after, [moved[0]], "Emil", is_used=unused)
    assert after.waiting == {"Emil": 1}
    check_whole(after, lab_home)


def test_a_copy_among_two_people_is_decided_for_one(build: Build, lab_home: Workspace) -> None:
    files = people_files({"anna": 5, "ben": 5})
    files["ben/also anna.png"] = files["anna/1.png"]
    before = build(files)
    assert {entry.kind for entry in before.to_review} == {"same_as_other_person"}
    assert len(before.to_review) == 2
    photo = sha_of(before, "anna/1.png")
    moved = edits.move_photos(lab_home, before, [photo], "anna", is_used=used)
    assert [item.name for item in moved.items if item.sha256 == photo] == ["anna/1.png"]
    assert moved.to_review == ()
    out = edits.leave_out(lab_home, moved, [photo], is_used=used, of="anna")
    assert [entry.name for entry in out.left_out] == ["anna/1.png"]


def test_faces_are_chosen_and_the_photo_needs_no_further_look(build: Build, lab_home: Workspace) -> None:
    files = {f"{who}/{n}.png": showing(1, 10 * len(who) + n) for who in ("anna", "ben") for n in range(4)}
    files |= {"anna/two.png": showing(2, 91), "anna/three.png": showing(3, 92), "ben/none.png": showing(0, 93)}
    before = build(files, crop=FACES)
    assert {(entry.name, entry.kind, entry.person) for entry in before.to_review} == {
        ("anna/two.png", "several_faces", "anna"),
        ("anna/three.png", "several_faces", "anna"),
    }
    two, three, none = (sha_of(before, name) for name in ("anna/two.png", "anna/three.png", "ben/none.png"))
    after = edits.choose_face(lab_home, before, two, 1, is_used=unused)
    assert [entry.name for entry in after.to_review] == ["anna/three.png"]
    after = edits.choose_faces(lab_home, after, {two: None, three: 2}, is_used=unused)
    assert after.to_review == ()
    assert {item.name: item.face for item in after.items if item.looked} == {"anna/two.png": None, "anna/three.png": 2}
    assert splits_of(after) == splits_of(before)
    for face in (2, -1):
        with pytest.raises(DatasetError, match="shows 2 faces"):
            edits.choose_face(lab_home, after, two, face, is_used=unused)
    with pytest.raises(DatasetError, match="bring it back first"):
        edits.choose_face(lab_home, after, none, None, is_used=unused)
    whole = edits.use_photo(lab_home, after, none, None, is_used=unused)
    assert next(item for item in whole.items if item.sha256 == none).person == "ben"
    assert whole.left_out == ()
    check_whole(whole, lab_home)


def test_a_group_photo_brought_for_two_people_has_a_face_for_each(build: Build, lab_home: Workspace) -> None:
    files = {f"{who}/{n}.png": showing(1, 10 * len(who) + n) for who in ("anna", "ben") for n in range(4)}
    files |= {"anna/both.png": showing(2, 91), "ben/both.png": showing(2, 91)}
    before = build(files, crop=FACES)
    both = [item for item in before.items if item.n_faces == 2]
    keys = [key_of(before, item) for item in both]
    assert keys == [f"{both[0].sha256}/anna", f"{both[0].sha256}/ben"]
    assert {entry.kind for entry in before.to_review} == {"several_faces"}
    assert all("looks the same" in entry.reason for entry in before.to_review)
    after = edits.choose_faces(lab_home, before, {keys[0]: 1}, is_used=unused)
    after = edits.choose_face(lab_home, after, both[0].sha256, 0, is_used=unused, of="ben")
    assert [item.face for item in after.items if item.n_faces == 2] == [1, 0]
    assert after.to_review == ()


def test_two_who_are_one_have_one_face_of_a_photo_and_which_is_asked_again(build: Build, lab_home: Workspace) -> None:
    files = {f"{who}/{n}.png": showing(1, 10 * len(who) + n) for who in ("anna", "ben") for n in range(4)}
    files |= {"anna/both.png": showing(2, 91), "ben/both.png": showing(2, 91)}
    before = build(files, crop=FACES)
    both = sha_of(before, "anna/both.png")
    chosen = edits.choose_faces(lab_home, before, {f"{both}/anna": 0, f"{both}/ben": 1}, is_used=used)
    merged = edits.rename_person(lab_home, chosen, "ben", "anna", is_used=used)
    assert [(item.person, item.face, item.looked) for item in merged.items if item.sha256 == both] == [
        ("anna", 0, False)
    ]
    assert [entry.kind for entry in merged.to_review] == ["several_faces"]
    check_whole(merged, lab_home)
    edits.remove_person(lab_home, merged, "anna", is_used=used)


def test_a_photo_moved_to_somebody_who_has_it_counts_once(build: Build, lab_home: Workspace) -> None:
    files = {f"{who}/{n}.png": showing(1, 10 * len(who) + n) for who in ("anna", "ben") for n in range(4)}
    files |= {"anna/both.png": showing(2, 91), "ben/both.png": showing(2, 91)}
    before = build(files, crop=FACES)
    both = sha_of(before, "anna/both.png")
    chosen = edits.choose_face(lab_home, before, both, 1, is_used=unused, of="ben")
    moved = edits.move_photos(lab_home, chosen, [both], "anna", is_used=unused, of="ben")
    assert [(item.person, item.looked) for item in moved.items if item.sha256 == both] == [("anna", False)]
    out = edits.leave_out(lab_home, before := build(files, crop=FACES), [both], is_used=unused, of="ben")
    back = edits.use_photo(lab_home, out, both, 1, "anna", is_used=unused, of="ben")
    assert [(item.person, item.face) for item in back.items if item.sha256 == both] == [("anna", 1)]


def test_decisions_about_a_photo_of_two_people_are_for_one_of_them(build: Build, lab_home: Workspace) -> None:
    files = {f"{who}/{n}.png": showing(1, 10 * len(who) + n) for who in ("anna", "ben") for n in range(4)}
    files |= {"anna/both.png": showing(2, 91), "ben/both.png": showing(2, 91)}
    before = build(files, crop=FACES)
    both = sha_of(before, "anna/both.png")
    sure = edits.confirm(lab_home, before, [both], is_used=unused, of="ben")
    assert [entry.person for entry in sure.to_review] == ["anna"]
    out = edits.leave_out(lab_home, sure, [both], is_used=unused)
    back = edits.use_photo(lab_home, out, both, 1, is_used=unused, of="ben")
    assert [item.person for item in back.items if item.sha256 == both] == ["ben"]
    assert [entry.person for entry in back.left_out] == ["anna"]


def test_who_is_called_otherwise_still_looks_like_others(build: Build, lab_home: Workspace) -> None:
    files = {f"{who}/{n}.png": showing(1, 10 * n + seed) for seed, who in enumerate("abc") for n in range(4)}
    files |= {"a/both.png": showing(2, 91), "b/both.png": showing(2, 91)}
    before = build(files, crop=FACES)
    both = sha_of(before, "a/both.png")
    odd = [Mislabeled(sha_of(before, f"{who}/0.png"), f"{who}/0.png", who, other) for who, other in ("ab", "bc", "ca")]
    guesses = {f"{both}/a": Guess(1, True, (0.1, 0.2)), f"{both}/b": Guess(0, True, (0.3, 0.1))}
    save_similarity(lab_home, before, Similarity(guesses, tuple(odd)))
    named = edits.rename_person(lab_home, before, "b", "Bo", is_used=unused)
    found = load_similarity(lab_home, named)
    assert found is not None
    assert [(one.person, one.looks_like) for one in found.mislabeled] == [("a", "Bo"), ("Bo", "c"), ("c", "a")]
    assert found.guesses == {f"{both}/a": guesses[f"{both}/a"], f"{both}/Bo": guesses[f"{both}/b"]}
    merged = edits.rename_person(lab_home, named, "Bo", "a", is_used=unused)
    found = load_similarity(lab_home, merged)
    assert found is not None
    assert [(one.person, one.looks_like) for one in found.mislabeled] == [("a", "c"), ("c", "a")]
    assert list(found.guesses) == [both]


def test_a_photo_that_is_fine_is_confirmed(build: Build, lab_home: Workspace) -> None:
    files = {f"{who}/{n}.png": showing(1, 10 * len(who) + n) for who in ("anna", "ben") for n in range(4)}
    before = build(files | {"anna/two.png": showing(2, 91)}, crop=FACES)
    after = edits.confirm(lab_home, before, [sha_of(before, "anna/two.png")], is_used=unused)
    assert after.to_review == ()
    # Later edits do not list it again.
    assert edits.rename_person(lab_home, after, "ben", "Ben", is_used=unused).to_review == ()


def test_what_cannot_be_used_or_belongs_to_nobody_stays_out(build: Build, lab_home: Workspace) -> None:
    broken = {"anna/broken.jpg": b"\xff\xd8\xff\xe0 broken"}
    dataset = build(people_files({"anna": 4, "ben": 4}) | broken)
    with pytest.raises(DatasetError, match="cannot be used: it"):
        edits.use_photo(lab_home, dataset, sha_of(dataset, "anna/broken.jpg"), None, is_used=unused)
    moved = edits.move_photos(lab_home, dataset, [sha_of(dataset, "anna/broken.jpg")], "ben", is_used=unused)
    assert [entry.person for entry in moved.left_out] == ["ben"]


def test_a_group_is_taken_apart_and_its_photos_split_anew(build: Build, lab_home: Workspace) -> None:
    before = build(people_files({"ben": 5, "anna": 2}) | burst("anna", 8, 50))
    shots = [item.sha256 for item in before.items if "burst" in item.name]
    assert len({item.group for item in before.items if item.sha256 in shots}) == 1
    after = edits.ungroup(lab_home, before, shots, is_used=unused)
    check_whole(after, lab_home)
    apart = [item for item in after.items if "burst" in item.name]
    assert len({item.group for item in apart}) == 8
    assert len({item.split for item in apart}) > 1
    assert splits_of(before, "ben") == splits_of(after, "ben")
    # They stay apart whatever comes later.
    later = edits.resplit(lab_home, after, SplitConfig(seed=3), is_used=unused)
    assert len({item.group for item in later.items}) == 15


def test_somebody_of_whom_all_photos_were_taken_at_once_can_take_part(build: Build, lab_home: Workspace) -> None:
    before = build(people_files({"ben": 5}) | burst("anna", 9, 50))
    assert before.waiting == {"anna": 9}
    after = edits.ungroup_person(lab_home, before, "anna", is_used=unused)
    assert after.people == ("anna", "ben")
    check_whole(after, lab_home)


def test_all_is_split_anew_by_other_fractions(build: Build, lab_home: Workspace) -> None:
    before = build(people_files({"anna": 20, "ben": 20}) | burst("anna", 4, 50))
    split = SplitConfig(0.4, 0.3, 0.3, seed=1)
    after = edits.resplit(lab_home, before, split, is_used=unused)
    assert after.split == split
    assert sum(where == "train" for where in splits_of(after, "ben").values()) == 8
    assert {item.name: item.group for item in after.items} == {item.name: item.group for item in before.items}
    check_whole(after, lab_home)


def test_given_splits_of_which_one_is_missing_for_somebody_survive_an_edit(build: Build, lab_home: Workspace) -> None:
    files: dict[str, bytes] = {}
    for seed, split in enumerate(("train", "val", "test")):
        files |= people_files({"anna": 3, "ben": 2}, under=f"x/{split}/", first_seed=10 * seed)
    files = {name: data for name, data in files.items() if not name.startswith("x/val/ben")}
    before = build(files)
    after = edits.leave_out(lab_home, before, [sha_of(before, "x/train/anna/0.png")], is_used=unused)
    assert splits_of(after).items() <= splits_of(before).items()
    assert len(after.items) == len(before.items) - 1


def test_unlabelled_exam_photos_stay_through_edits(build: Build, lab_home: Workspace) -> None:
    files = people_files({"anna": 6, "ben": 6}, under="train/")
    before = build(files | {f"test/{n}.png": encoded(picture(60 + n)) for n in range(3)})
    after = edits.rename_person(lab_home, before, "ben", "Ben", is_used=unused)
    assert [item.person for item in after.of("test")] == [None] * 3
    named = edits.move_photos(lab_home, after, [sha_of(after, "test/0.png")], "anna", is_used=unused)
    assert splits_of(named, "anna")["test/0.png"] == "test"


def test_two_windows_do_not_overwrite_each_other(build: Build, lab_home: Workspace) -> None:
    first = build(people_files({"anna": 4, "ben": 4}))
    edits.rename_dataset(lab_home, first, "Klasse 9b", is_used=unused)
    for change in (edits.rename_dataset, edits.remove_person):
        with pytest.raises(DatasetError, match="changed elsewhere"):
            change(lab_home, first, "anna", is_used=unused)
    assert load_dataset(lab_home, first.id).name == "Klasse 9b"


def test_an_edit_waits_for_nothing_long(build: Build, lab_home: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(edits, "WAIT_S", 0.1)
    first = build(people_files({"anna": 4, "ben": 4}))
    with FileLock(lab_home.datasets / ".lock"), pytest.raises(DatasetError, match="being read in right now"):
        edits.rename_dataset(lab_home, first, "x", is_used=unused)


def test_guesses_that_still_hold_come_along(build: Build, lab_home: Workspace) -> None:
    files = {f"{who}/{n}.png": showing(1, 10 * len(who) + n) for who in ("anna", "ben") for n in range(5)}
    files |= {f"anna/two {n}.png": showing(2, 90 + n) for n in range(2)}
    before = build(files, crop=FACES)
    two = [sha_of(before, f"anna/two {n}.png") for n in range(2)]
    odd = [
        Mislabeled(sha_of(before, f"{who}/0.png"), f"{who}/0.png", who, other) for who, other in (("anna", "ben"),) * 2
    ]
    guesses = {sha: Guess(1, True, (0.2, 0.4)) for sha in two}
    save_similarity(lab_home, before, Similarity(guesses, tuple(odd)))
    after = edits.choose_face(lab_home, before, two[0], 1, is_used=unused)
    assert load_similarity(lab_home, after) == Similarity({two[1]: guesses[two[1]]}, tuple(odd))
    assert sorted(path.name for path in (lab_home.datasets / after.id).iterdir()) == ["v2-likeness.json", "v2.json"]
    named = edits.rename_dataset(lab_home, after, "x", is_used=used)
    assert load_similarity(lab_home, named) == load_similarity(lab_home, after)
    confirmed = edits.confirm(lab_home, named, [odd[0].sha256], is_used=unused)
    assert load_similarity(lab_home, confirmed) == Similarity({two[1]: guesses[two[1]]}, ())
