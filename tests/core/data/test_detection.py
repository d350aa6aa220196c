from __future__ import annotations

import json
from pathlib import Path

import cv2
import numpy as np
import pytest

from core.config import CropConfig
from core.data import detection
from core.data.cropping import crop_face
from core.data.decode import decode
from core.data.detection import TURNS, Face, StoredFace, find_faces, turned_along, turned_back, turned_photo
from core.schema import convert
from tests.drawn import corners, encoded, picture

SIDES = 64, 48


def test_faces_survive_json() -> None:
    face = Face(1.5, -2.0, 30.0, 40.0, ((1.0, 2.0), (3.0, 4.0), (5.0, 6.0), (7.0, 8.0), (9.0, 10.0)), 0.9123)
    for each in (face, Face(1.0, 2.0, 3.0, 4.0)):
        assert convert(json.loads(json.dumps(each.to_dict())), StoredFace, "a face").face() == each


@pytest.mark.parametrize("detector", ["yunet", "haar", "none"])
@pytest.mark.parametrize("size", [(1, 1), (16, 16), (32, 400), (3, 2000), (2000, 3), (37, 41)])
def test_no_face_is_an_empty_list_whatever_the_size(detector: str, size: tuple[int, int]) -> None:
    photo = np.full((size[1], size[0], 3), 90, np.uint8)
    assert find_faces(photo, detector) == []  # type: ignore[arg-type]


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
@pytest.mark.slow
def test_every_photo_of_the_six_shows_a_face(shared_data: Path) -> None:
    photos = sorted((shared_data / "lfw-six").glob("*/*.jpg"))
    missed = [path.name for path in photos if not find_faces(decode(path.read_bytes()).rgb)]
    assert len(photos) == 240
    assert missed == []


def blue_marked(width: int = 200, height: int = 120) -> np.ndarray:
    """Draw a grey photo with a red face whose forehead is blue."""
    photo = np.full((height, width, 3), 90, np.uint8)
    photo[30:90, 40:90] = 255, 0, 0
    photo[30:45, 40:90] = 0, 0, 255
    return photo


def sees(photo_rgb: np.ndarray, score_lying: float | None = None) -> list[Face]:
    """Stand in for a detector: it finds the drawn face where the forehead is up, else a wrong box (or nothing)."""
    blue = np.argwhere((photo_rgb[..., 2] > 200) & (photo_rgb[..., 0] < 50))
    red = np.argwhere((photo_rgb[..., 0] > 200) & (photo_rgb[..., 2] < 50))
    if not len(blue):
        return []
    upright = blue[:, 0].mean() < red[:, 0].mean() and abs(blue[:, 1].mean() - red[:, 1].mean()) < 1
    if not upright:
        return [Face(1.0, 1.0, 9.0, 9.0, score=score_lying)] if score_lying else []
    (top, left), (bottom, right) = blue.min(axis=0), red.max(axis=0)
    box = float(left), float(top), float(right - left + 1), float(bottom - top + 1)
    eyes = ((left + 15.0, top + 20.0), (right - 15.0, top + 20.0))
    return [Face(*box, landmarks=(*eyes, eyes[0], eyes[0], eyes[1]), score=0.93)]


@pytest.mark.parametrize("turn", TURNS)
def test_a_face_turned_along_and_back_is_the_same(turn: int) -> None:
    face = Face(5.0, 7.0, 10.0, 20.0, ((6.0, 8.0), (12.0, 8.0)), 0.9)
    width, height = SIDES
    assert turned_along(turned_back(face, turn, width, height), width, height) == face


@pytest.mark.parametrize("turn", TURNS)
def test_what_is_marked_in_a_turned_photo_is_marked_in_the_photo(turn: int) -> None:
    photo = corners(*SIDES)
    other = turned_photo(photo, turn)
    # The left upper quarter of the turned photo, as a face there.
    height, width = other.shape[:2]
    face = turned_back(Face(0.0, 0.0, width / 2, height / 2), turn, *SIDES)
    x, y, right, bottom = (round(value) for value in (face.x, face.y, face.x + face.width, face.y + face.height))
    assert (photo[y:bottom, x:right] == other[0, 0]).all()
    assert face.turned == turn


@pytest.mark.parametrize("lies", TURNS)
@pytest.mark.parametrize("score_lying", [None, 0.85])
def test_a_lying_face_is_found_and_its_crop_is_upright(
    monkeypatch: pytest.MonkeyPatch, lies: int, score_lying: float | None
) -> None:
    monkeypatch.setattr(detection, "find_yunet", lambda photo_rgb: sees(photo_rgb, score_lying))
    upright = blue_marked()
    photo = turned_photo(upright, lies)
    before = photo.copy()
    (face,) = find_faces(photo)
    assert face.turned == (360 - lies) % 360
    crop = crop_face(photo, face, CropConfig(size_px=64))
    assert np.array_equal(photo, before)
    (expected,) = find_faces(upright)
    wanted = crop_face(upright, expected, CropConfig(size_px=64))
    assert np.abs(crop.astype(int) - wanted).mean() < 2


def test_a_photo_that_is_surely_upright_is_looked_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(detection, "find_turned", lambda *_: pytest.fail("looked in other turns"))
    monkeypatch.setattr(detection, "find_yunet", sees)
    assert find_faces(blue_marked())[0].turned == 0


@pytest.mark.parametrize(
    ("as_it_is", "turned", "is_taken"),
    [(0.70, 0.72, False), (0.70, 0.81, True), (0.85, 0.87, False), (None, 0.79, False), (None, 0.81, True)],
)
def test_a_turn_has_to_be_clearly_better(as_it_is: float | None, turned: float, is_taken: bool) -> None:
    found = [Face(1.0, 1.0, 9.0, 9.0, score=as_it_is)] if as_it_is else []
    better = detection.find_turned(corners(), found, lambda _: [Face(1.0, 1.0, 9.0, 9.0, score=turned)])
    assert (better is not None) == is_taken


def test_a_detector_without_scores_is_asked_in_other_turns_only_where_it_finds_nothing() -> None:
    assert detection.is_upright([Face(1.0, 1.0, 9.0, 9.0)])
    assert not detection.is_upright([])
    found = detection.find_turned(corners(), [], lambda rgb: [Face(1.0, 1.0, 9.0, 9.0)] if rgb.shape[0] > 50 else [])
    assert found is not None
    assert found[0].turned in (90, 270)


def test_what_shows_no_face_gets_none_by_turning() -> None:
    assert [find_faces(picture(seed, 320, 240)) for seed in range(8)] == [[]] * 8


def test_a_real_face_in_every_turn() -> None:
    from core.data import samples

    people = samples.sample_people()
    if not people:
        pytest.skip("this checkout has no drawn people in data/")
    upright = decode(people[0].portrait.read_bytes()).rgb
    (expected,) = find_faces(upright)
    wanted = crop_face(upright, expected, CropConfig(size_px=64)).astype(int)
    for turn in TURNS:
        photo = decode(encoded(turned_photo(upright, turn))).rgb
        (face,) = find_faces(photo)
        crop = crop_face(photo, face, CropConfig(size_px=64))
        assert np.abs(crop - wanted).mean() < 12
