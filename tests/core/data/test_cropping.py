from __future__ import annotations

import cv2
import numpy as np
import pytest

from core.config import CropConfig
from core.data.cropping import crop_face, crop_faces, crop_from, resize_square
from core.data.decode import decode
from core.data.detection import Face, find_faces
from core.errors import PhotoError
from tests.drawn import encoded, exif, picture

RED = np.array([255, 0, 0], np.uint8)


def with_box(x: int, y: int, width: int, height: int, size: tuple[int, int] = (400, 300)) -> tuple[np.ndarray, Face]:
    """Draw a grey photo whose "face" is a red box, so that a crop shows how large the face came out and where."""
    photo = np.full((size[1], size[0], 3), 90, np.uint8)
    photo[max(y, 0) : y + height, max(x, 0) : x + width] = RED
    return photo, Face(x, y, width, height)


def red_share(crop: np.ndarray) -> tuple[float, float]:
    """Return the red part of the middle row and of the middle column, as fractions."""
    red = (crop[..., 0] > 170) & (crop[..., 1] < 60)
    middle = crop.shape[0] // 2
    return float(red[middle].mean()), float(red[:, middle].mean())


@pytest.mark.parametrize("margin", [0.0, 0.2, 0.36, 1.0])
@pytest.mark.parametrize("place", [(160, 100), (0, 0), (320, 200), (0, 200), (160, 0)])
def test_the_margin_is_the_one_asked_for_at_the_edge_too(margin: float, place: tuple[int, int]) -> None:
    photo, face = with_box(*place, 80, 100)
    crop = crop_face(photo, face, CropConfig(margin=margin, size_px=200))
    across, down = red_share(crop)
    asked = 1 / (1 + 2 * margin)
    # Beyond the edge the border is repeated, so a box at the edge goes on to the crop's own edge there; from the middle
    # to the side inside the photo the face takes half its share all the same.
    inside_x = slice(100, None) if place[0] == 0 else slice(None, 100) if place[0] == 320 else slice(None)
    inside_y = slice(100, None) if place[1] == 0 else slice(None, 100) if place[1] == 200 else slice(None)
    red = (crop[..., 0] > 170) & (crop[..., 1] < 60)
    assert red[100, inside_x].mean() == pytest.approx(0.8 * asked, abs=0.02)
    assert red[inside_y, 100].mean() == pytest.approx(asked, abs=0.02)
    assert across >= 0.8 * asked - 0.02
    assert down >= asked - 0.02


def test_the_margin_is_measured_from_the_longer_side_of_a_wide_face() -> None:
    photo, face = with_box(100, 100, 100, 60)
    across, down = red_share(crop_face(photo, face, CropConfig(margin=0.5, size_px=200)))
    assert across == pytest.approx(0.5, abs=0.02)
    assert down == pytest.approx(0.3, abs=0.02)


def test_a_face_half_outside_is_cropped_all_the_same() -> None:
    photo, face = with_box(-40, 100, 80, 100)
    assert crop_face(photo, face, CropConfig(size_px=64)).shape == (64, 64, 3)
    outside = Face(900, 900, 50, 50)
    assert crop_face(photo, outside, CropConfig(size_px=64)).shape == (64, 64, 3)


def test_the_crop_is_rgb_uint8_and_the_photo_stays_as_it_was() -> None:
    photo, face = with_box(100, 100, 80, 100)
    before = photo.copy()
    marks = ((120.0, 140.0), (160.0, 145.0), (140.0, 160.0), (125.0, 180.0), (155.0, 180.0))
    for config in (CropConfig(), CropConfig(align=False), CropConfig(margin=2.0, size_px=512)):
        crop = crop_face(photo, Face(face.x, face.y, face.width, face.height, marks), config)
        assert crop.dtype == np.uint8
        assert crop.shape == (config.size_px, config.size_px, 3)
        middle = config.size_px // 2
        assert crop[middle, middle].tolist() == [255, 0, 0]
        assert (photo == before).all()


def test_a_tilted_face_is_turned_level_where_its_eyes_are_known() -> None:
    photo = np.full((400, 400, 3), 90, np.uint8)
    left, right = (150, 240), (250, 160)
    for eye in (left, right):
        cv2.circle(photo, eye, 12, (255, 0, 0), -1)
    marks = (left, right, (210.0, 215.0), (200.0, 260.0), (250.0, 220.0))
    face = Face(120, 120, 160, 160, tuple((float(x), float(y)) for x, y in marks))
    # 39 degrees is beyond what autocrop turns; 20 is within.
    tilt = np.degrees(np.arctan2(left[1] - right[1], right[0] - left[0]))
    assert tilt > 30
    assert eye_tilt(crop_face(photo, face, CropConfig())) == pytest.approx(tilt, abs=2)
    turned = cv2.warpAffine(photo, cv2.getRotationMatrix2D((200, 200), 20 - tilt, 1.0), (400, 400))
    matrix = cv2.getRotationMatrix2D((200, 200), 20 - tilt, 1.0)
    marks_20 = tuple((float(x), float(y)) for x, y in np.array([[*mark, 1.0] for mark in marks]) @ matrix.T)
    face_20 = Face(120, 120, 160, 160, marks_20)
    assert eye_tilt(crop_face(turned, face_20, CropConfig(align=False))) == pytest.approx(20, abs=2)
    assert eye_tilt(crop_face(turned, face_20, CropConfig())) == pytest.approx(0, abs=2)
    no_eyes = Face(120, 120, 160, 160)
    assert eye_tilt(crop_face(turned, no_eyes, CropConfig())) == pytest.approx(20, abs=2)


def eye_tilt(crop: np.ndarray) -> float:
    """Return the angle of the line through the two red dots, degrees, counted counterclockwise."""
    red = ((crop[..., 0] > 170) & (crop[..., 1] < 60)).astype(np.uint8)
    centres = cv2.connectedComponentsWithStats(red)[3][1:]
    left, right = sorted(centres.tolist())
    return float(np.degrees(np.arctan2(left[1] - right[1], right[0] - left[0])))


def test_without_a_face_the_whole_photo_is_padded_to_a_square() -> None:
    photo = np.full((50, 100, 3), 90, np.uint8)
    photo[0], photo[-1] = RED, (0, 0, 255)
    crop = crop_face(photo, None, CropConfig(detector="none", size_px=100))
    assert crop.shape == (100, 100, 3)
    assert crop[0, 50].tolist() == crop[24, 50].tolist() == [255, 0, 0]
    assert crop[99, 50].tolist() == [0, 0, 255]
    assert crop[50, 50].tolist() == [90, 90, 90]


def test_an_empty_box_is_a_photo_error() -> None:
    with pytest.raises(PhotoError, match="too small"):
        crop_face(picture(1), Face(10, 10, 0.4, 0.4), CropConfig())


def test_a_huge_photo_is_shrunk_before_it_is_cut() -> None:
    photo, face = with_box(1000, 1000, 1600, 2000, size=(4000, 3500))
    across, down = red_share(crop_face(photo, face, CropConfig(margin=0.5, size_px=64)))
    assert down == pytest.approx(0.5, abs=0.04)
    assert across == pytest.approx(0.4, abs=0.04)


def test_resizing_does_not_write_into_its_argument() -> None:
    square = picture(1, 64, 64)
    for size in (32, 64, 128):
        resized = resize_square(square, size)
        assert resized.shape == (size, size, 3)
        resized[:] = 0
    assert (square == picture(1, 64, 64)).all()


@pytest.mark.real_data
def test_at_the_photos_edge_a_face_comes_out_as_in_the_middle(portrait: np.ndarray) -> None:
    face = find_faces(portrait)[0]
    left, top = round(face.x), round(face.y)
    # The photo ends right at the box, on two sides.
    edge = np.ascontiguousarray(portrait[top:, left:])
    whole, cut = crop_face(portrait, face, CropConfig()), crop_face(edge, face.moved(-left, -top), CropConfig())
    inside = slice(70, 160)
    assert np.abs(whole[inside, inside].astype(int) - cut[inside, inside]).mean() < 2
    # And found anew, it is measured nearly the same.
    assert find_faces(edge)[0].height == pytest.approx(face.height, rel=0.1)


@pytest.mark.real_data
@pytest.mark.parametrize("roll", [-25, -12, 12, 25])
def test_a_rolled_face_comes_out_level_and_as_large_as_an_upright_one(portrait: np.ndarray, roll: int) -> None:
    matrix = cv2.getRotationMatrix2D((125, 125), roll, 1.0)
    rolled = cv2.warpAffine(portrait, matrix, (250, 250), borderMode=cv2.BORDER_REPLICATE)
    face = find_faces(rolled)[0]
    upright = find_faces(crop_face(portrait, find_faces(portrait)[0], CropConfig(align=False)))[0]
    level = find_faces(crop_face(rolled, face, CropConfig()))[0]
    as_is = find_faces(crop_face(rolled, face, CropConfig(align=False)))[0]
    assert abs(roll_of(level)) < 8
    assert roll_of(upright) - roll_of(as_is) == pytest.approx(roll, abs=11)
    assert eyes_to_mouth(level) == pytest.approx(eyes_to_mouth(upright), rel=0.1)


def eyes_to_mouth(face: Face) -> float:
    marks = np.array(face.landmarks)
    return float(np.linalg.norm(marks[:2].mean(axis=0) - marks[3:].mean(axis=0)))


def roll_of(face: Face) -> float:
    assert face.landmarks is not None
    (left_x, left_y), (right_x, right_y) = face.landmarks[:2]
    return float(np.degrees(np.arctan2(right_y - left_y, right_x - left_x)))


@pytest.mark.real_data
def test_a_phone_photo_lying_on_its_side_gives_an_upright_face(portrait: np.ndarray) -> None:
    lying = np.ascontiguousarray(np.rot90(portrait))
    data = encoded(lying, "PNG", exif=exif(orientation=6))
    ((face, crop),) = crop_faces(decode(data), CropConfig())
    assert face == find_faces(portrait)[0].rounded()
    assert (crop == crop_face(portrait, face, CropConfig())).all()


@pytest.mark.real_data
def test_faces_of_a_photo_decoded_smaller_are_told_at_its_full_size(
    portrait: np.ndarray, monkeypatch: pytest.MonkeyPatch
) -> None:
    data = encoded(cv2.resize(portrait, (1000, 1000), interpolation=cv2.INTER_CUBIC), "PNG")
    ((whole, crop),) = crop_faces(decode(data), CropConfig())
    monkeypatch.setattr("core.data.decode.ENOUGH_PIXELS", 600 * 600)
    ((halved, crop_of_halved),) = crop_faces(decode(data), CropConfig())
    assert (halved.x, halved.y, halved.height) == pytest.approx((whole.x, whole.y, whole.height), abs=15)
    assert crop_of_halved.shape == crop.shape
    assert np.abs(crop_from(decode(data), whole, CropConfig()).astype(int) - crop).mean() < 4


@pytest.mark.real_data
def test_a_new_photo_gives_every_face(portrait: np.ndarray, other: np.ndarray) -> None:
    data = encoded(np.hstack([portrait, other]), "PNG")
    found = crop_faces(decode(data), CropConfig(size_px=96))
    assert len(found) == 2
    assert all(crop.shape == (96, 96, 3) for _, crop in found)
    ((face, crop),) = crop_faces(decode(data), CropConfig(detector="none", size_px=96))
    assert face is None
    assert crop.shape == (96, 96, 3)
    assert crop_faces(decode(encoded(picture(1))), CropConfig()) == []
