from __future__ import annotations

import numpy as np
import pytest

NAMES = np.array([f"face {n}" for n in range(5)])


@pytest.fixture
def describing(program, monkeypatch):
    module = program("describing")
    monkeypatch.setattr(module, "CHUNK", 1)
    monkeypatch.setattr(module, "ROUND", 2)
    return module


def faces(count=5):
    return ((row, np.full((2, 2, 3), row, np.uint8), np.zeros(4)) for row in range(count))


def describe(chunk):
    return [(row, np.full(128, float(face[0, 0, 0]), np.float32)) for row, face, _ in chunk]


def test_every_face_gets_its_own_descriptor(describing, tmp_path) -> None:
    out = tmp_path / "descriptors.npz"
    describing.describe_all(faces(), NAMES, out, describe, 0, {"share": np.arange(5)})
    with np.load(out) as stored:
        assert stored["descriptors"][:, 0].tolist() == [0, 1, 2, 3, 4]
        assert stored["names"].tolist() == NAMES.tolist()
        assert stored["share"].tolist() == [0, 1, 2, 3, 4]
    assert [path.name for path in tmp_path.iterdir()] == ["descriptors.npz"]


def test_after_a_stop_only_the_rest_is_described(describing, tmp_path) -> None:
    out = tmp_path / "descriptors.npz"
    asked = []

    def describe_until_stopped(chunk):
        if chunk[0][0] == 3:
            raise KeyboardInterrupt
        return describe(chunk)

    with pytest.raises(KeyboardInterrupt):
        describing.describe_all(faces(), NAMES, out, describe_until_stopped, 0)
    assert not out.exists()
    describing.describe_all(faces(), NAMES, out, lambda chunk: asked.append(chunk[0][0]) or describe(chunk), 0)
    assert asked == [2, 3, 4]  # the round of 2 and 3 was lost, the one of 0 and 1 was kept
    with np.load(out) as stored:
        assert stored["descriptors"][:, 0].tolist() == [0, 1, 2, 3, 4]


def test_a_file_begun_with_other_faces_is_not_gone_on_with(describing, tmp_path) -> None:
    out = tmp_path / "descriptors.npz"
    with pytest.raises(ValueError, match="2 of 5 names came without a face"):
        describing.describe_all(faces(3), NAMES, out, describe, 0)
    with pytest.raises(ValueError, match="begun with other faces"):
        describing.describe_all(faces(), NAMES[::-1], out, describe, 0)
