"""The network that comes with the lab, as it lies in data/."""

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


def test_it_is_verified_small_and_fills_every_layer(bundled: None, lab_home: Workspace) -> None:
    found = weights.require_weights("face-vgg-mini", lab_home)
    assert found.verified
    assert found.path.stat().st_size < 4_000_000
    taught = build_classifier(TrainConfig(), 2, found, precision="float32").unit_weights()
    untaught = build_classifier(TrainConfig(pretrained=False), 2, None, precision="float32").unit_weights()
    for unit, (kernel, bias) in taught.items():
        assert (kernel != untaught[unit][0]).all()
        assert bias.any()
