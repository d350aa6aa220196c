"""The networks that come with the lab, as they lie in data/."""

from __future__ import annotations

import pytest

from core.config import TrainConfig
from core.models import weights
from core.models.classifier import build_classifier
from core.workspace import Workspace
from tests.conftest import ROOT


@pytest.fixture
def bundled(monkeypatch: pytest.MonkeyPatch) -> None:
    """Undo what this folder's tests share: here the real files are looked at."""
    monkeypatch.setattr(weights, "BUNDLED", ROOT / "data" / "weights")


@pytest.mark.parametrize(("name", "most_bytes"), [("face-vgg-mini", 4e6), ("face-vgg-midi", 8e6)])
def test_it_is_verified_small_and_fills_every_layer(
    bundled: None, lab_home: Workspace, name: str, most_bytes: float
) -> None:
    found = weights.require_weights(name, lab_home)
    assert found.verified
    assert found.path.stat().st_size < most_bytes
    config = TrainConfig(backbone=name)
    taught = build_classifier(config, 2, found, precision="float32").unit_weights()
    untaught = build_classifier(config.with_changes(pretrained=False), 2, None, precision="float32").unit_weights()
    for unit, (kernel, bias) in taught.items():
        assert (kernel != untaught[unit][0]).all()
        assert bias.any()
