"""Which number format is chosen, and when that is measured again."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
import tensorflow as tf

from core.training import precision
from core.training.precision import FILE, Measured, least_seconds, resolve_precision
from core.workspace import Workspace


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    return Workspace(tmp_path)


def taking(float32_s: float, bfloat16_s: float, calls: list[int]) -> Callable[[], tuple[float, float]]:
    def measure() -> tuple[float, float]:
        calls.append(1)
        return float32_s, bfloat16_s

    return measure


@pytest.mark.parametrize("asked", ["float32", "bfloat16"])
def test_what_was_asked_for_is_kept_and_nothing_measured(asked, workspace):
    calls: list[int] = []
    assert resolve_precision(asked, workspace, taking(1, 1, calls)) == asked
    assert not calls


@pytest.mark.parametrize(
    ("float32_s", "bfloat16_s", "expected"),
    [(2.0, 1.0, "bfloat16"), (1.2, 1.0, "bfloat16"), (1.19, 1.0, "float32"), (1.0, 1.0, "float32"), (1, 9, "float32")],
)
def test_auto_is_bfloat16_only_where_that_is_clearly_faster(float32_s, bfloat16_s, expected, workspace):
    assert resolve_precision("auto", workspace, taking(float32_s, bfloat16_s, [])) == expected


def test_where_bfloat16_cannot_be_computed_it_is_not_chosen(workspace):
    def measure():
        raise tf.errors.UnimplementedError(None, None, "no such kernel")

    assert resolve_precision("auto", workspace, measure) == "float32"


def test_it_is_measured_once(workspace):
    calls: list[int] = []
    assert {resolve_precision("auto", workspace, taking(3.0, 1.0, calls)) for _ in range(3)} == {"bfloat16"}
    assert len(calls) == 1


@pytest.mark.parametrize("other", [{"tensorflow": "1.0"}, {"processor": "abacus"}])
def test_another_processor_or_tensorflow_is_measured_anew(other, workspace):
    calls: list[int] = []
    resolve_precision("auto", workspace, taking(3.0, 1.0, calls))
    path = workspace.cache / "precision.json"
    FILE.write(path, replace(FILE.read(path), **other))
    assert resolve_precision("auto", workspace, taking(1.0, 1.0, calls)) == "float32"
    assert len(calls) == 2


@pytest.mark.parametrize("content", [b"", b"{", b'{"schema": 1, "float32_s": "quick"}', b'{"schema": 99}'])
def test_a_damaged_file_is_measured_anew_and_replaced(content, workspace):
    path = workspace.cache / "precision.json"
    path.parent.mkdir(parents=True)
    path.write_bytes(content)
    assert resolve_precision("auto", workspace, taking(3.0, 1.0, [])) == "bfloat16"
    assert FILE.read(path).float32_s == 3.0


def test_where_nothing_can_be_written_it_is_measured_each_time(workspace):
    workspace.cache.write_bytes(b"a file where a folder belongs")
    calls: list[int] = []
    for _ in range(2):
        assert resolve_precision("auto", workspace, taking(3.0, 1.0, calls)) == "bfloat16"
    assert len(calls) == 2


def test_both_formats_take_turns_and_only_the_quickest_try_counts():
    """Another program takes the processor in most of the tries."""
    now_s, tried = 0.0, []

    def work(name: str, seconds: float) -> Callable[[], None]:
        def try_once() -> None:
            nonlocal now_s
            tried.append(name)
            now_s += seconds if len(tried) in (5, 6) else 7 * seconds

        return try_once

    assert least_seconds([work("a", 2.0), work("b", 1.0)], lambda: now_s) == pytest.approx([2.0, 1.0])
    assert tried == ["a", "b"] * (precision.FEWEST_TURNS + 1)


def test_the_measurement_times_both_formats_here(workspace, monkeypatch):
    monkeypatch.setattr(precision, "LEAST_S", 0.0)
    resolve_precision("auto", workspace)
    measured = FILE.read(workspace.cache / "precision.json")
    assert measured == Measured(measured.float32_s, measured.bfloat16_s, precision.tf.__version__, measured.processor)
    assert min(measured.float32_s, measured.bfloat16_s) > 0
    assert measured.processor
