from __future__ import annotations

import cv2
import numpy as np
import pytest

from core.config import CropConfig
from core.data.cropping import crop_faces
from core.data.decode import decode
from core.errors import PhotoError
from core.live import looking
from core.live.messages import LARGEST_PICTURE_BYTES
from core.live.recording import difference, placed_badly
from tests.core.live.faces import jpeg, portrait, webcam


def test_a_face_is_found_where_it_is_and_cropped_as_in_a_data_set() -> None:
    data, config = jpeg(webcam(portrait())), CropConfig()
    picture = looking.look(data)
    (face,) = picture.faces
    ((known, crop_rgb),) = crop_faces(decode(data), config)
    assert known
    for side in ("x", "y", "width", "height"):
        assert getattr(face, side) == pytest.approx(getattr(known, side), abs=0.12 * known.height)
    mine = looking.crop(picture, face, config).astype(float)
    assert np.abs(mine - crop_rgb).mean() < 25


def test_what_is_measured_of_a_face() -> None:
    picture = looking.look(jpeg(webcam(portrait())))
    seen = looking.describe(picture, picture.faces[0])
    assert placed_badly((seen,)) is None
    left, top, width, height = seen.box
    assert seen.height_px == pytest.approx(480 * height)
    assert 0 < left < left + width < 1
    assert 0 < top < top + height < 1
    blurred = looking.look(jpeg(cv2.GaussianBlur(webcam(portrait()), (0, 0), 5)))
    dark = looking.look(jpeg(webcam(portrait(), light=0.2)))
    assert looking.describe(blurred, blurred.faces[0]).sharpness < 0.5 * seen.sharpness
    assert looking.describe(dark, dark.faces[0]).brightness == pytest.approx(0.2 * seen.brightness, rel=0.2)
    mirrored = looking.look(jpeg(webcam(portrait())[:, ::-1]))
    assert looking.describe(mirrored, mirrored.faces[0]).turn == pytest.approx(-seen.turn, abs=0.08)
    assert difference(seen, seen) == 0
    other = looking.look(jpeg(webcam(portrait(3))))
    assert difference(seen, looking.describe(other, other.faces[0])) > 10


def test_several_faces_come_with_the_largest_first() -> None:
    picture = looking.look(
        jpeg(webcam(portrait(), cv2.copyMakeBorder(portrait(1), 60, 60, 60, 60, cv2.BORDER_REPLICATE)))
    )
    sizes = [face.height for face in picture.faces]
    assert len(sizes) == 2
    assert sizes == sorted(sizes, reverse=True)


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (b"", "empty"),
        (b"no picture", "not a photo"),
        (jpeg(webcam())[:500], "cut off"),
        (b"x" * (LARGEST_PICTURE_BYTES + 1), "larger than 2 MB"),
    ],
)
def test_what_is_no_picture_of_a_webcam_is_refused(data: bytes, why: str) -> None:
    with pytest.raises(PhotoError, match=why):
        looking.look(data)
