from __future__ import annotations

import errno
import time
from collections.abc import Callable
from concurrent.futures import Future
from concurrent.futures.process import BrokenProcessPool
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from core import disk
from core.config import CropConfig
from core.data import parallel, photofolder
from core.data.cropping import crop_from
from core.data.decode import Photo, decode
from core.data.detection import Face
from core.data.photofolder import PhotoFacts
from core.data.store import PhotoStore, thumbnail_of_crop
from core.errors import PhotoError, Stopped
from tests import fakes
from tests.drawn import encoded, exif, picture

WHOLE = CropConfig(detector="none", size_px=32)
YUNET = CropConfig(size_px=32)
BOXES = [Face(20.0, 20.0, 60.0, 80.0, score=0.9), Face(100.0, 10.0, 30.0, 40.0, score=0.8)]


@pytest.fixture
def store(tmp_path: Path) -> PhotoStore:
    return PhotoStore(tmp_path / "photos")


@pytest.fixture
def looks(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Replace the detector by one that finds `BOXES` in colour and nothing in grey, and log each decoding and look."""
    log: list[str] = []
    decode = photofolder.decode

    def logged_decode(data: bytes) -> object:
        log.append("decode")
        return decode(data)

    def find(photo_rgb: np.ndarray, detector: str) -> list[Face]:
        log.append("look")
        return BOXES if photo_rgb.std() > 0 else []

    monkeypatch.setattr(photofolder, "decode", logged_decode)
    monkeypatch.setattr("core.data.detection.find_faces", find)
    return log


def test_a_photo_lies_under_the_hash_of_its_content_once(store: PhotoStore) -> None:
    data = encoded(picture(1))
    sha256 = store.add(data)
    assert store.original(sha256) == store.root / sha256[:2] / sha256 / "original"
    assert store.original(sha256).read_bytes() == data
    changed_at = store.original(sha256).stat().st_mtime_ns
    time.sleep(0.01)
    assert store.add(data) == sha256
    assert store.original(sha256).stat().st_mtime_ns == changed_at
    assert store.add(encoded(picture(2))) != sha256


def test_facts_faces_and_crop_are_made_and_kept(store: PhotoStore, looks: list[str]) -> None:
    sha256 = store.add(encoded(picture(1), "JPEG", exif=exif(taken_at="2024:05:06 07:08:09", make="Acme")))
    assert store.folder(sha256).stored_faces(YUNET.detector) is None
    facts = store.crop_all([sha256], YUNET)[sha256]
    assert isinstance(facts, PhotoFacts)
    assert (facts.sha256, facts.format, facts.size_px, facts.camera) == (sha256, "JPEG", (160, 120), "Acme")
    assert facts.faces == tuple(BOXES)
    assert len(facts.phash) == 64
    assert store.folder(sha256).stored_faces(YUNET.detector) == BOXES
    with Image.open(store.crop(sha256, YUNET, 0)) as crop:
        assert (crop.size, crop.mode) == ((32, 32), "RGB")
        photo = decode(store.original(sha256).read_bytes())
        np.testing.assert_array_equal(np.asarray(crop), crop_from(photo, BOXES[0], YUNET))
    assert looks == ["decode", "look"]


def test_the_second_time_nothing_is_decoded(store: PhotoStore, looks: list[str]) -> None:
    shas = [store.add(encoded(picture(seed))) for seed in range(3)]
    first = store.crop_all(shas, YUNET)
    looks.clear()
    assert store.crop_all(shas, YUNET) == first
    assert looks == []


@pytest.mark.parametrize(
    "damage", [lambda whole: b"", lambda whole: whole[:-9], lambda whole: whole[:80] + b"x" + whole[81:]]
)
def test_a_damaged_crop_is_made_anew(store: PhotoStore, looks: list[str], damage: Callable[[bytes], bytes]) -> None:
    sha256 = store.add(encoded(picture(1)))
    store.crop_all([sha256], YUNET)
    crop = store.crop(sha256, YUNET, 0)
    small = store.thumbnail(sha256, YUNET, 0, 16)
    whole, small_whole = crop.read_bytes(), small.read_bytes()
    crop.write_bytes(damage(whole))
    small.write_bytes(b"")
    assert store.thumbnail(sha256, YUNET, 0, 16).read_bytes() == small_whole
    assert crop.read_bytes() == whole
    crop.write_bytes(damage(whole))
    assert isinstance(store.crop_all([sha256], YUNET)[sha256], PhotoFacts)
    assert crop.read_bytes() == whole


@pytest.mark.parametrize(
    "content", ["", "[]", '{"schema": 1}', '{"schema": 99}', '{"schema": 1, "faces": [{"box": "x"}]}']
)
def test_what_was_found_out_and_cannot_be_read_is_found_out_again(
    store: PhotoStore, looks: list[str], content: str
) -> None:
    sha256 = store.add(encoded(picture(1)))
    found = store.crop_all([sha256], YUNET)[sha256]
    for name in ("facts-1.json", "faces-yunet-2.json"):
        (store.folder(sha256).path / name).write_text(content, encoding="utf-8")
    assert store.crop_all([sha256], YUNET)[sha256] == found


def test_another_margin_crops_again_but_does_not_look_again(store: PhotoStore, looks: list[str]) -> None:
    sha256 = store.add(encoded(picture(1)))
    store.crop_all([sha256], YUNET)
    looks.clear()
    store.crop_all([sha256], CropConfig(size_px=32, margin=0.1))
    assert looks == ["decode"]
    crops = [np.asarray(Image.open(store.crop(sha256, CropConfig(size_px=32, margin=m), 0))) for m in (0.36, 0.1)]
    assert (crops[0] != crops[1]).any()


@pytest.mark.parametrize(
    "other",
    [CropConfig(size_px=48), CropConfig(size_px=32, align=False), CropConfig(size_px=32, detector="haar"), WHOLE],
)
def test_every_setting_has_its_own_crop(store: PhotoStore, looks: list[str], other: CropConfig) -> None:
    sha256 = store.add(encoded(picture(1)))
    face = None if other.detector == "none" else 0
    assert store.crop(sha256, YUNET, 0) != store.crop(sha256, other, face)
    assert store.crop(sha256, YUNET, 0) != store.crop(sha256, YUNET, 1)


def test_a_crop_is_the_same_made_at_once_or_later(store: PhotoStore, looks: list[str], tmp_path: Path) -> None:
    data = encoded(picture(1))
    sha256 = store.add(data)
    store.crop_all([sha256], YUNET)
    at_once = store.crop(sha256, YUNET, 0).read_bytes()
    store.crop(sha256, YUNET, 0).unlink()
    assert store.crop(sha256, YUNET, 0).read_bytes() == at_once


def test_a_photo_without_a_face_has_facts_and_no_crop(store: PhotoStore, looks: list[str]) -> None:
    sha256 = store.add(encoded(np.full((40, 40, 3), 90, np.uint8)))
    for _ in range(2):
        facts = store.crop_all([sha256], YUNET)[sha256]
        assert isinstance(facts, PhotoFacts)
        assert facts.faces == ()
    assert looks == ["decode", "look"]
    with pytest.raises(PhotoError, match="has 0 faces"):
        store.crop(sha256, YUNET, 0)


def test_a_broken_photo_is_known_as_broken(store: PhotoStore, looks: list[str]) -> None:
    sha256 = store.add(b"\xff\xd8\xff\xe0 broken")
    good = store.add(encoded(picture(1)))
    for _ in range(2):
        found = store.crop_all([sha256, good], YUNET)
        assert isinstance(found[sha256], PhotoError)
        assert isinstance(found[good], PhotoFacts)
    assert looks.count("decode") == 2


def test_too_little_memory_is_not_kept_as_the_photos_fault(store: PhotoStore, monkeypatch: pytest.MonkeyPatch) -> None:
    sha256 = store.add(encoded(picture(1)))

    def no_memory(data: bytes) -> object:
        raise PhotoError("does not fit") from MemoryError()

    with monkeypatch.context() as patch:
        patch.setattr(photofolder, "decode", no_memory)
        assert isinstance(store.crop_all([sha256], WHOLE)[sha256], PhotoError)
    assert isinstance(store.crop_all([sha256], WHOLE)[sha256], PhotoFacts)


def test_progress_counts_every_photo_once_known_or_not(store: PhotoStore) -> None:
    shas = [store.add(encoded(picture(seed))) for seed in range(4)]
    store.crop_all(shas[:2], WHOLE)
    seen: list[tuple[int, int, str]] = []
    store.crop_all([*shas, shas[0]], WHOLE, on_photo=lambda *facts: seen.append(facts))
    assert [(done, total) for done, total, _ in seen] == [(1, 4), (2, 4), (3, 4), (4, 4)]
    assert {sha256 for _, _, sha256 in seen} == set(shas)


def test_stopping_keeps_what_is_done(store: PhotoStore) -> None:
    shas = [store.add(encoded(picture(seed))) for seed in range(5)]

    def stop_at_two(done: int, total: int, sha256: str) -> None:
        if done == 2:
            raise Stopped

    with pytest.raises(Stopped):
        store.crop_all(shas, WHOLE, on_photo=stop_at_two)
    assert len(list(store.root.glob("*/*/crop-*"))) == 2


def test_removing_leaves_nothing(store: PhotoStore) -> None:
    sha256, other = store.add(encoded(picture(1))), store.add(encoded(picture(2)))
    store.crop_all([sha256], WHOLE)
    store.remove([sha256, "0" * 64])
    assert not store.has(sha256)
    assert store.has(other)
    store.remove([other])
    assert list(store.root.iterdir()) == []


def prepare_or_die(path: Path, config: CropConfig) -> PhotoFacts | PhotoError:
    """Stand in for `prepare` in a process that dies of one photo, as of a crash inside a decoder."""
    import os

    if (path / "deadly").exists():
        os._exit(9)
    return photofolder.prepare(path, config)


@pytest.mark.slow
def test_many_photos_are_prepared_in_processes_with_the_same_result(store: PhotoStore) -> None:
    shas = [store.add(encoded(picture(seed))) for seed in range(parallel.FEW_PHOTOS + 2)]
    other = PhotoStore(store.root.with_name("others"))
    for seed in range(parallel.FEW_PHOTOS + 2):
        other.add(encoded(picture(seed)))
    together = store.crop_all(shas, WHOLE)
    alone = {sha256: other.crop_all([sha256], WHOLE)[sha256] for sha256 in shas}
    assert together == alone
    assert all(store.crop(sha, WHOLE, None).read_bytes() == other.crop(sha, WHOLE, None).read_bytes() for sha in shas)


@pytest.mark.slow
def test_a_process_that_dies_of_a_photo_costs_that_photo_only(
    store: PhotoStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(parallel, "prepare", prepare_or_die)
    monkeypatch.setattr(parallel.os, "cpu_count", lambda: 2)
    shas = [store.add(encoded(picture(seed))) for seed in range(parallel.FEW_PHOTOS + 4)]
    (store.folder(shas[1]).path / "deadly").touch()
    found = store.crop_all(shas, WHOLE)
    broken = [sha256 for sha256 in shas if isinstance(found[sha256], PhotoError)]
    assert broken == [shas[1]]
    assert "crash" in str(found[shas[1]])


class DyingPool:
    """Stand in for a pool of processes whose second photo finds it broken already when it is handed over."""

    def __init__(self) -> None:
        self.handed_over = 0

    def submit(self, work: Callable[..., object], *arguments: object) -> Future[object]:
        self.handed_over += 1
        if self.handed_over == 2:
            raise BrokenProcessPool
        done: Future[object] = Future()
        done.set_result(work(*arguments))
        return done

    def shutdown(self, *, cancel_futures: bool) -> None:
        pass


def test_a_photo_on_its_way_to_a_broken_pool_is_not_lost(store: PhotoStore, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parallel, "FEW_PHOTOS", 3)
    monkeypatch.setattr(parallel, "_pool", lambda processes: DyingPool())
    monkeypatch.setattr(parallel, "_prepare_alone", photofolder.prepare)
    monkeypatch.setattr(parallel.os, "cpu_count", lambda: 2)
    shas = [store.add(encoded(picture(seed))) for seed in range(7)]
    found = store.crop_all(shas, WHOLE)
    assert set(found) == set(shas)
    assert all(isinstance(facts, PhotoFacts) for facts in found.values())


@pytest.mark.slow
def test_stopping_in_the_middle_of_many_leaves_no_process_behind(
    store: PhotoStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    import multiprocessing

    monkeypatch.setattr(parallel.os, "cpu_count", lambda: 2)
    shas = [store.add(encoded(picture(seed))) for seed in range(30)]

    def stop(done: int, total: int, sha256: str) -> None:
        raise Stopped

    with pytest.raises(Stopped):
        store.crop_all(shas, WHOLE, on_photo=stop)
    assert multiprocessing.active_children() == []
    assert len(list(store.root.glob("*/*/crop-*"))) < 10


def found_by_an_earlier_lab(store: PhotoStore, *faces: Face) -> str:
    """Keep a photo as a lab left it that did not look in other turns, with the crop of its first face."""
    sha256 = store.add(encoded(picture(1)))
    folder = store.folder(sha256)
    folder.facts("none")
    disk.write_json(folder.path / "faces-yunet-1.json", {"faces": [face.to_dict() for face in faces]}, schema=1)
    for name in (folder.crop_path(YUNET, 0).name, f"small-96-{folder.crop_path(YUNET, 0).stem}-1.jpg"):
        (folder.path / name).write_bytes(b"of an earlier look")
    return sha256


def test_what_an_earlier_look_did_not_find_is_looked_for_again(store: PhotoStore, looks: list[str]) -> None:
    for earlier in ([], [Face(1.0, 1.0, 5.0, 5.0, score=0.7)]):
        sha256 = found_by_an_earlier_lab(store, *earlier)
        looks.clear()
        facts = store.crop_all([sha256], YUNET)[sha256]
        assert isinstance(facts, PhotoFacts)
        assert facts.faces == tuple(BOXES)
        assert looks == ["decode", "look"]
        assert store.crop(sha256, YUNET, 0).read_bytes()[:4] == b"\x89PNG"
        assert not list(store.folder(sha256).path.glob("small-*"))
        store.remove([sha256])


def test_what_an_earlier_look_found_for_sure_is_not_looked_for_again(store: PhotoStore, looks: list[str]) -> None:
    sure = Face(1.0, 1.0, 50.0, 50.0, score=0.93)
    sha256 = found_by_an_earlier_lab(store, sure)
    looks.clear()
    assert store.folder(sha256).facts("yunet").faces == (sure,)
    assert looks == []


LARGER_WHOLE = CropConfig(detector="none", size_px=64)


def test_a_small_copy_is_made_once_lies_with_its_photo_and_goes_with_it(tmp_path: Path) -> None:
    store = PhotoStore(tmp_path)
    sha256 = store.add(fakes.photo(1))
    small = store.thumbnail(sha256, LARGER_WHOLE, None, 32)
    with Image.open(small) as picture:
        assert (picture.format, picture.size, picture.mode) == ("JPEG", (32, 32), "RGB")
    made_at = small.stat().st_mtime_ns
    assert store.thumbnail(sha256, LARGER_WHOLE, None, 32) == small
    assert small.stat().st_mtime_ns == made_at
    assert small.parent == store.folder(sha256).path
    others = {store.thumbnail(sha256, LARGER_WHOLE, None, 48), store.thumbnail(sha256, CropConfig("none"), None, 32)}
    assert small not in others
    store.remove([sha256])
    assert not small.exists()
    with pytest.raises(FileNotFoundError):
        store.thumbnail(sha256, LARGER_WHOLE, None, 32)


def test_where_there_is_no_room_for_a_small_copy_the_crop_is_shown(lab_home, monkeypatch):
    store = PhotoStore(lab_home.photos)
    crop = store.crop(store.add(encoded(picture(1))), LARGER_WHOLE, None)

    def refuse(*_: object, **__: object) -> None:
        raise OSError(errno.ENOSPC, "no space")

    monkeypatch.setattr(disk, "replacing", refuse)
    assert thumbnail_of_crop(crop, 32) == crop


def test_a_face_that_is_drawn_while_its_photo_is_removed_does_not_come_back(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = PhotoStore(tmp_path)
    removed, late, kept = (store.add(fakes.photo(seed)) for seed in range(3))
    crop = store.crop(removed, LARGER_WHOLE, None)
    resize = Image.Image.resize

    def resize_and_remove(*how: object, **options: object) -> Image.Image:
        store.remove([removed])
        return resize(*how, **options)  # type: ignore[arg-type]

    monkeypatch.setattr(Image.Image, "resize", resize_and_remove)
    with pytest.raises(FileNotFoundError):
        thumbnail_of_crop(crop, 32)
    assert not store.folder(removed).path.exists()
    # Written between the look into the folder and its removal: the next removal finds it.
    monkeypatch.undo()
    store.thumbnail(late, LARGER_WHOLE, None, 32)
    store.original(late).unlink()
    store.remove([])
    assert not store.folder(late).path.exists()
    assert store.sha256s() == {kept}


@pytest.mark.parametrize("data", [fakes.photo(1), b"\xff\xd8\xff\xe0 broken"])
def test_what_is_found_out_about_a_photo_that_goes_away_is_not_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, data: bytes
) -> None:
    store = PhotoStore(tmp_path)
    sha256 = store.add(data)

    def decode_and_remove(data: bytes) -> Photo:
        store.remove([sha256])
        return decode(data)

    monkeypatch.setattr(photofolder, "decode", decode_and_remove)
    with pytest.raises(FileNotFoundError):
        store.folder(sha256).facts("none")
    assert not any(tmp_path.iterdir())
