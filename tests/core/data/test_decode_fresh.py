"""Reading a photo as the very first thing a process does: Pillow loads its readers on demand."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from PIL import Image


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP", "TIFF"])
def test_the_first_photo_of_a_process_is_read_like_any_other(kind: str, tmp_path: Path) -> None:
    Image.new("RGB", (20, 10), (200, 30, 40)).save(tmp_path / "photo", kind)
    ask = "import sys; from core.data.decode import decode; print(decode(open(sys.argv[1], 'rb').read()).rgb.shape)"
    fresh = [sys.executable, "-c", ask, str(tmp_path / "photo")]
    answer = subprocess.run(fresh, capture_output=True, text=True, cwd=Path(__file__).parents[3], check=True)
    assert answer.stdout.strip() == "(10, 20, 3)"
