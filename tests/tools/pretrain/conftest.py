from __future__ import annotations

import importlib
from collections.abc import Callable
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest

PRETRAIN = Path(__file__).resolve().parents[3] / "tools" / "pretrain"


@pytest.fixture
def program(monkeypatch) -> Callable[[str], ModuleType]:
    """Load a module of tools/pretrain, which finds those beside it as the programs there do."""
    monkeypatch.syspath_prepend(str(PRETRAIN))
    return importlib.import_module


@pytest.fixture
def directions() -> np.ndarray:
    """Forty directions of length 1."""
    rows = np.random.default_rng(0).normal(size=(40, 128)).astype(np.float32)
    return rows / np.linalg.norm(rows, axis=1, keepdims=True)
