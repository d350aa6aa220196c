from __future__ import annotations

from pathlib import Path

import pytest
from PIL import Image

from core.config import CropConfig
from core.photos.store import PhotoStore
from core.photos.thumbnails import thumbnail
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
