"""A name is said only where it is likely and the face is like that person's."""

from __future__ import annotations

import msgspec
import pytest

from core.live.messages import SeenFace
from core.live.naming import FAMILIAR_FROM, label_of
from tests.core.live.faces import seen

LIKE, UNLIKE = FAMILIAR_FROM, FAMILIAR_FROM - 0.01


def face(says: tuple[float, ...] | None, likeness: tuple[float, ...] | None) -> SeenFace:
    return msgspec.structs.replace(seen(100), says=(says,), likeness=(likeness,))


@pytest.mark.parametrize(
    ("says", "likeness", "label"),
    [
        ((0.9, 0.1), (LIKE, UNLIKE), 0),
        ((0.1, 0.9), (UNLIKE, LIKE), 1),
        ((0.9, 0.1), (UNLIKE, LIKE), None),
        ((0.9, 0.1), None, 0),
        ((0.6, 0.4), (LIKE, LIKE), 0),
        ((0.59, 0.41), (LIKE, LIKE), None),
        (None, None, None),
    ],
    ids=["first", "second", "a stranger", "no photos here", "just sure", "not sure", "not open yet"],
)
def test_label_of(says: tuple[float, ...] | None, likeness: tuple[float, ...] | None, label: int | None) -> None:
    assert label_of(face(says, likeness), 0.6) == label
