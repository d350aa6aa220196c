from __future__ import annotations

import numpy as np
import pytest

from core.config import CropConfig
from core.data import faces, rotation
from core.data.detection import Face
from core.data.faces import crop_face, find_faces
from core.data.rotation import TURNS, turned_along, turned_back, turned_photo
from tests.drawn import corners, encoded, picture

SIDES = 64, 48


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
    monkeypatch.setattr(faces, "find_yunet", lambda bgr: sees(bgr[..., ::-1], score_lying))
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
    monkeypatch.setattr(faces, "find_turned", lambda *_: pytest.fail("looked in other turns"))
    monkeypatch.setattr(faces, "find_yunet", lambda bgr: sees(bgr[..., ::-1]))
    assert find_faces(blue_marked())[0].turned == 0


@pytest.mark.parametrize(
    ("as_it_is", "turned", "is_taken"),
    [(0.70, 0.72, False), (0.70, 0.81, True), (0.85, 0.87, False), (None, 0.79, False), (None, 0.81, True)],
)
def test_a_turn_has_to_be_clearly_better(as_it_is: float | None, turned: float, is_taken: bool) -> None:
    found = [Face(1.0, 1.0, 9.0, 9.0, score=as_it_is)] if as_it_is else []
    better = rotation.find_turned(corners(), found, lambda _: [Face(1.0, 1.0, 9.0, 9.0, score=turned)])
    assert (better is not None) == is_taken


def test_a_detector_without_scores_is_asked_in_other_turns_only_where_it_finds_nothing() -> None:
    assert rotation.is_settled([Face(1.0, 1.0, 9.0, 9.0)])
    assert not rotation.is_settled([])
    found = rotation.find_turned(corners(), [], lambda rgb: [Face(1.0, 1.0, 9.0, 9.0)] if rgb.shape[0] > 50 else [])
    assert found is not None
    assert found[0].turned in (90, 270)


def test_what_shows_no_face_gets_none_by_turning() -> None:
    assert [find_faces(picture(seed, 320, 240)) for seed in range(8)] == [[]] * 8


def test_a_real_face_in_every_turn() -> None:
    from core.data import samples
    from core.data.decode import decode

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
