"""Two real photos, for what drawings do not show: YuNet is not taken in by them."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from core.data.decode import decode


@pytest.fixture(scope="module")
def portrait(shared_data: Path) -> np.ndarray:
    """One person, one face in the middle, 250 x 250."""
    return decode((shared_data / "lfw-six/Gerhard_Schroeder/Gerhard_Schroeder_0001.jpg").read_bytes()).rgb


@pytest.fixture(scope="module")
def other(shared_data: Path) -> np.ndarray:
    return decode((shared_data / "lfw-six/Serena_Williams/Serena_Williams_0001.jpg").read_bytes()).rgb
