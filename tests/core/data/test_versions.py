from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import pytest
from filelock import FileLock

from core import disk
from core.config import CropConfig, SplitConfig
from core.data import versions as module
from core.data.dataset import Dataset, Item
from core.data.read import LeftOut
from core.data.store import PhotoStore
from core.data.versions import delete_dataset, has_dataset, list_datasets, load_dataset, photos_locked, save_dataset
from core.errors import DatasetError, LabError, Stopped
from core.features.folder import DIGEST_BYTES, PHOTO_BYTES
from core.features.store import FeatureStore
from core.workspace import Workspace


def made(dataset_id: str, sha256s: list[str], *, kept_out: str | None = None) -> Dataset:
    items = tuple(Item(sha, f"zoë/{sha}.jpg", "zoë", "train", number, 1, 0) for number, sha in enumerate(sha256s))
    unlabelled = Item(sha256s[0], "test/1.jpg", None, "test", 99, 0, None)
    return Dataset(
        id=dataset_id,
        name="Class 7b, 李",
        version=1,
        people=("zoë", "anna"),
        items=(*items, unlabelled),
        left_out=(LeftOut("a.txt", "is not a photo"), LeftOut("b.jpg", "shows no face", kept_out)),
        to_review=(LeftOut("c.jpg", "shows 2 faces", sha256s[0]),),
        crop=CropConfig(margin=0.5),
        split=SplitConfig(seed=3),
    )


def test_a_data_set_survives_the_disk_label_order_included(lab_home: Workspace) -> None:
    dataset = made("abc", ["11", "22"])
    save_dataset(lab_home, dataset)
    assert load_dataset(lab_home, "abc") == dataset
    assert load_dataset(lab_home, "abc").people == ("zoë", "anna")


def test_what_the_first_version_of_the_lab_wrote_is_read_too(lab_home: Workspace) -> None:
    extra = LeftOut("more/1.jpg", "lies beside", kind="spare", extra=True)
    dataset = replace(made("abc", ["11", "22"]), left_out=(extra,))
    save_dataset(lab_home, dataset)
    path = lab_home.datasets / "abc" / "v1.json"
    content = json.loads(path.read_text(encoding="utf-8"))
    for entry in (*content["dataset"]["left_out"], *content["dataset"]["to_review"]):
        entry["spare"] = entry.pop("extra")
    disk.write_json(path, {**content, "schema": 1}, schema=1)
    assert load_dataset(lab_home, "abc") == dataset


def test_the_newest_version_is_read_unless_another_is_asked_for(lab_home: Workspace) -> None:
    first = made("abc", ["11"])
    second = replace(first, version=2, name="second")
    tenth = replace(first, version=10, name="tenth")
    for dataset in (tenth, first, second):
        save_dataset(lab_home, dataset)
    assert load_dataset(lab_home, "abc") == tenth
    assert load_dataset(lab_home, "abc", 2) == second
    assert [dataset.version for dataset in list_datasets(lab_home)] == [10]


def test_what_is_not_there_is_a_sentence(lab_home: Workspace) -> None:
    save_dataset(lab_home, made("abc", ["11"]))
    for dataset_id, version in (("xyz", None), ("abc", 7), ("../abc", None), ("", None), ("..", None)):
        with pytest.raises(DatasetError, match="choose others"):
            load_dataset(lab_home, dataset_id, version)
    assert has_dataset(lab_home, "abc")
    assert not has_dataset(lab_home, "../abc")
    assert list_datasets(Workspace(lab_home.root / "empty")) == []


def test_the_newest_comes_first_and_foreign_files_are_skipped(
    lab_home: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    for made_at, dataset_id in ((30.0, "b"), (10.0, "a"), (20.0, "c")):
        monkeypatch.setattr(module.time, "time", lambda made_at=made_at: made_at)
        save_dataset(lab_home, made(dataset_id, ["11"]))
    disk.write_json(lab_home.datasets / "future" / "v1.json", {}, schema=99)
    (lab_home.datasets / "stray.txt").write_text("x")
    assert [dataset.id for dataset in list_datasets(lab_home)] == ["b", "c", "a"]
    with pytest.raises(LabError, match="written by a newer version of the lab"):
        load_dataset(lab_home, "future")


def test_deleting_removes_the_photos_nobody_else_uses(lab_home: Workspace) -> None:
    store = PhotoStore(lab_home.photos)
    own, shared, kept_out, orphan = (store.add(data) for data in (b"own", b"shared", b"left out", b"orphan"))
    save_dataset(lab_home, made("one", [own, shared], kept_out=kept_out))
    save_dataset(lab_home, replace(made("one", [own]), version=2))
    save_dataset(lab_home, made("two", [shared]))
    delete_dataset(lab_home, "../one")
    delete_dataset(lab_home, "unknown")
    assert has_dataset(lab_home, "one")
    assert store.has(own)
    delete_dataset(lab_home, "one")
    assert not (lab_home.datasets / "one").exists()
    assert [store.has(sha) for sha in (own, shared, kept_out, orphan)] == [False, True, False, False]


def test_with_a_photo_goes_what_frozen_layers_made_of_it(lab_home: Workspace) -> None:
    store = PhotoStore(lab_home.photos)
    own, shared = store.add(b"own"), store.add(b"shared")
    keys = [bytes.fromhex(sha256)[:PHOTO_BYTES] + bytes(DIGEST_BYTES) for sha256 in (own, shared)]
    for key in keys:
        with FeatureStore(lab_home.features) as features:
            features.shelf("net", (1,)).add([key], np.ones((1, 1), np.float32))
    save_dataset(lab_home, made("one", [own, shared]))
    save_dataset(lab_home, made("two", [shared]))
    delete_dataset(lab_home, "one")
    with FeatureStore(lab_home.features) as features:
        assert features.shelf("net", (1,)).knows(keys).tolist() == [False, True]


def test_a_data_set_that_cannot_be_read_keeps_its_photos_and_can_be_deleted(lab_home: Workspace) -> None:
    store = PhotoStore(lab_home.photos)
    own, of_the_other = store.add(b"own"), store.add(b"of the other")
    save_dataset(lab_home, made("one", [own]))
    disk.write_json(lab_home.datasets / "future" / "v1.json", {}, schema=99)
    delete_dataset(lab_home, "one")
    assert not has_dataset(lab_home, "one")
    assert store.has(of_the_other)
    delete_dataset(lab_home, "future")
    assert store.sha256s() == set()


def test_a_key_of_a_later_version_with_the_same_schema_is_passed_over(lab_home: Workspace) -> None:
    dataset = made("abc", ["11"])
    save_dataset(lab_home, dataset)
    path = lab_home.datasets / "abc" / "v1.json"
    content = json.loads(path.read_text(encoding="utf-8"))
    for one in (content, content["dataset"], content["dataset"]["items"][0], content["dataset"]["crop"]):
        one["of_a_later_version"] = 1
    path.write_text(json.dumps(content), encoding="utf-8")
    assert list_datasets(lab_home) == [dataset]


def test_waiting_for_the_lock_can_be_stopped_and_ends_in_time(lab_home: Workspace) -> None:
    lab_home.datasets.mkdir(parents=True)

    def stop() -> None:
        raise Stopped

    with FileLock(lab_home.datasets / ".lock"):
        with pytest.raises(Stopped), photos_locked(lab_home, on_wait=stop):
            pass
        with pytest.raises(DatasetError, match="being read in right now"), photos_locked(lab_home, timeout_s=0.1):
            pass
    with photos_locked(lab_home, timeout_s=0):
        pass


@pytest.mark.parametrize(
    "damage",
    [
        lambda content: content.pop("created_at"),
        lambda content: content.update(created_at="yesterday"),
        lambda content: content.update(dataset=[]),
        lambda content: content["dataset"].pop("people"),
        lambda content: content["dataset"].update(items=[{"name": "1.jpg"}]),
        lambda content: content["dataset"].update(version=2),
        lambda content: content["dataset"].update(people=["anna", "anna"]),
        lambda content: content["dataset"]["items"][0].update(person="nobody"),
        lambda content: content["dataset"]["items"][0].update(sha256="../../x"),
        lambda content: content["dataset"]["items"][0].update(face=-1),
        lambda content: content["dataset"].update(crop={"margin": -3}),
        lambda content: content["dataset"].update(left_out=7),
    ],
)
def test_a_damaged_one_is_a_sentence_and_costs_no_other_its_photos(lab_home: Workspace, damage) -> None:
    sha = PhotoStore(lab_home.photos).add(b"a photo of the damaged one")
    for dataset_id in ("abc", "def"):
        save_dataset(lab_home, made(dataset_id, [sha]))
    path = lab_home.datasets / "abc" / "v1.json"
    content = json.loads(path.read_text(encoding="utf-8"))
    damage(content)
    path.write_text(json.dumps(content), encoding="utf-8")
    assert [dataset.id for dataset in list_datasets(lab_home)] == ["def"]
    with pytest.raises(DatasetError, match=r'The photos "abc"') as caught:
        load_dataset(lab_home, "abc")
    assert "\n" not in str(caught.value)
    assert module.damaged_datasets(lab_home) == [("abc", str(caught.value))]
    delete_dataset(lab_home, "def")
    module.remove_unneeded(lab_home, lambda dataset: False)
    # Whose photos it had nobody knows, so all stay.
    assert PhotoStore(lab_home.photos).sha256s() == {sha}
