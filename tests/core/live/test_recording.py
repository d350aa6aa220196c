from __future__ import annotations

import pytest

from core.live.messages import SeenFace
from core.live.recording import COMPARED_WITH, PATIENCE, Hint, Recorder, difference, placed_badly
from tests.core.live.faces import seen


@pytest.mark.parametrize(
    ("faces", "hint"),
    [
        ((), "nobody"),
        ((seen(), seen()), "several"),
        ((seen(height_px=60),), "far"),
        ((seen(box=(-0.1, 0.2, 0.3, 0.4)),), "edge"),
        ((seen(box=(0.3, 0.7, 0.3, 0.4)),), "edge"),
        ((seen(brightness=20),), "dark"),
        ((seen(brightness=240),), "bright"),
        ((seen(),), None),
    ],
)
def test_what_is_wrong_is_said_and_nothing_is_kept(faces: tuple[SeenFace, ...], hint: Hint | None) -> None:
    assert placed_badly(faces) == hint
    assert Recorder().judge(faces, record=True) == (hint is None, hint)


def test_nothing_is_kept_while_nobody_holds_the_button() -> None:
    recorder = Recorder()
    assert recorder.judge((seen(),), record=False) == (False, None)
    assert recorder.judge((seen(),), record=True) == (True, None)


def test_blurred_is_measured_by_how_sharp_this_face_usually_is() -> None:
    for usual in (30.0, 900.0):
        recorder = Recorder()
        for grey in range(0, 100, 10):
            assert recorder.judge((seen(grey, sharpness=usual),), record=True)[0]
        assert recorder.judge((seen(200, sharpness=0.4 * usual),), record=True) == (False, "again")
        assert recorder.judge((seen(210, sharpness=0.6 * usual),), record=True) == (True, None)
        assert recorder.blurred == 1


def test_pictures_nearly_equal_to_one_of_the_last_are_skipped_and_counted() -> None:
    recorder = Recorder()
    assert recorder.judge((seen(100),), record=True)[0]
    assert recorder.judge((seen(150),), record=True)[0]
    assert recorder.judge((seen(102),), record=True) == (False, None)
    assert recorder.equal == 1
    for step in range(COMPARED_WITH):
        recorder.judge((seen(160 + 4 * step),), record=True)
    assert recorder.judge((seen(100),), record=True)[0], "what was long ago may come again"


def test_who_shows_nothing_new_is_asked_to_turn_to_the_side_that_is_missing() -> None:
    recorder = Recorder()
    for grey in (10, 30, 50):
        recorder.judge((seen(grey, turn=-0.3),), record=True)
    hints = [recorder.judge((seen(50, turn=-0.3),), record=True)[1] for _ in range(PATIENCE)]
    assert hints == [None] * (PATIENCE - 1) + ["turn_left"]
    for grey in (100, 130, 160, 190):
        recorder.judge((seen(grey, turn=0.3),), record=True)
    assert [recorder.judge((seen(190, turn=0.3),), record=True)[1] for _ in range(PATIENCE)][-1] == "turn_right"


def test_signatures_of_another_length_are_as_different_as_can_be() -> None:
    assert difference(seen(), SeenFace((0, 0, 1, 1), 1, 1, 1, 0, b"")) == float("inf")
    assert difference(seen(10), seen(13)) == 3
