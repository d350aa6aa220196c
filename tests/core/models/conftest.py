"""What the tests of the models share: the lab's own weights out of sight, and a small backbone to download."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from core.models import backbones, weights

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture(autouse=True)
def no_bundled_weights(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Look for the lab's own weights in an empty folder, whether this checkout has them or not."""
    monkeypatch.setattr(weights, "BUNDLED", tmp_path / "no-bundled-weights")


@pytest.fixture
def downloadable_mini(monkeypatch: pytest.MonkeyPatch) -> str:
    """Make the smallest backbone one that is published elsewhere; gives its name."""
    entry = backbones.BACKBONES["face-vgg-mini"]
    address = "https://weights.invalid/face-vgg-mini.h5"
    elsewhere = replace(entry.weights, url=address, bundled=False, sha256=())
    monkeypatch.setitem(backbones.BACKBONES, entry.name, replace(entry, weights=elsewhere))
    return entry.name
