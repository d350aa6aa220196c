from __future__ import annotations

from pathlib import Path

import pytest
from PIL import Image

from core.config import CropConfig
from core.data import photofolder
from core.data.decode import Photo, decode
from core.data.store import PhotoStore
from core.data.thumbnails import of_crop, thumbnail
from tests.pages import made

WHOLE = CropConfig(detector="none", size_px=64)


def test_a_small_copy_is_made_once_lies_with_its_photo_and_goes_with_it(tmp_path: Path) -> None:
    store = PhotoStore(tmp_path)
    sha256 = store.add(made.photo(1))
    small = thumbnail(store, sha256, WHOLE, None, 32)
    with Image.open(small) as picture:
        assert (picture.format, picture.size, picture.mode) == ("JPEG", (32, 32), "RGB")
    made_at = small.stat().st_mtime_ns
    assert thumbnail(store, sha256, WHOLE, None, 32) == small
    assert small.stat().st_mtime_ns == made_at
    assert small.parent == store.folder(sha256).path
    others = {thumbnail(store, sha256, WHOLE, None, 48), thumbnail(store, sha256, CropConfig("none"), None, 32)}
    assert small not in others
    store.remove([sha256])
    assert not small.exists()
    with pytest.raises(FileNotFoundError):
        thumbnail(store, sha256, WHOLE, None, 32)


def test_a_face_that_is_drawn_while_its_photo_is_removed_does_not_come_back(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = PhotoStore(tmp_path)
    removed, late, kept = (store.add(made.photo(seed)) for seed in range(3))
    crop = store.crop(removed, WHOLE, None)
    resize = Image.Image.resize

    def resize_and_remove(*how: object, **options: object) -> Image.Image:
        store.remove([removed])
        return resize(*how, **options)  # type: ignore[arg-type]

    monkeypatch.setattr(Image.Image, "resize", resize_and_remove)
    with pytest.raises(FileNotFoundError):
        of_crop(crop, 32)
    assert not store.folder(removed).path.exists()
    # Written between the look into the folder and its removal: the next removal finds it.
    monkeypatch.undo()
    thumbnail(store, late, WHOLE, None, 32)
    store.original(late).unlink()
    store.remove([])
    assert not store.folder(late).path.exists()
    assert store.sha256s() == {kept}


@pytest.mark.parametrize("data", [made.photo(1), b"\xff\xd8\xff\xe0 broken"])
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
