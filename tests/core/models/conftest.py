"""What the tests of the models share: the lab's own weights out of sight, and a small backbone to download."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from core.models import registry, weights
from tests.published import seeded_weights, write_published

if TYPE_CHECKING:
    from pathlib import Path

    from core.models.weights import FoundWeights
    from core.workspace import Workspace


@pytest.fixture(autouse=True)
def no_bundled_weights(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Look for the lab's own weights in an empty folder, whether this checkout has them or not."""
    monkeypatch.setattr(weights, "BUNDLED", tmp_path / "no-bundled-weights")


@pytest.fixture
def downloadable_mini(monkeypatch: pytest.MonkeyPatch) -> str:
    """Make the smallest backbone one that is published elsewhere; gives its name."""
    entry = registry.BACKBONES["face-vgg-mini"]
    address = "https://weights.invalid/face-vgg-mini.h5"
    elsewhere = replace(entry.weights, url=address, bundled=False, sha256=())
    monkeypatch.setitem(registry.BACKBONES, entry.name, replace(entry, weights=elsewhere))
    return entry.name


@pytest.fixture
def mini_weights(lab_home: Workspace, tmp_path: Path) -> FoundWeights:
    write_published(tmp_path / "mini.h5", "face-vgg-mini", seeded_weights("face-vgg-mini"))
    return weights.import_weights("face-vgg-mini", tmp_path / "mini.h5", lab_home)
