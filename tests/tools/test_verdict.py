from __future__ import annotations

import numpy as np
import pytest

from tools.benchmarks import verdict


def test_stops_are_as_accurate_as_asked() -> None:
    right = verdict.draw(np.random.default_rng(0), 400, (0.9, 0.7), (0.2, 1.0), 2, 200)
    assert right.shape == (400, 2, 2, 200)
    assert right.mean(axis=(0, 2, 3)) == pytest.approx([0.9, 0.7], abs=0.01)


def test_tries_differ_by_their_luck() -> None:
    right = verdict.draw(np.random.default_rng(0), 300, (0.8, 0.8), (0.1, 1.0), 6, 400)
    spread = right.mean(axis=-1).std(axis=-1).mean(axis=0)
    assert spread[1] > 3 * spread[0]


def test_a_photo_is_hard_for_all() -> None:
    right = verdict.draw(np.random.default_rng(0), 50, (0.8, 0.8), (0.1, 0.1), 8, 100).mean(axis=2)
    assert np.corrcoef(right[:, 0].ravel(), right[:, 1].ravel())[0, 1] > 0.7


def test_what_chance_allows() -> None:
    assert verdict.most_allowed(1000) == 0.067
    assert verdict.most_allowed(10**6) == pytest.approx(0.05, abs=1e-3)


@pytest.mark.slow
def test_the_verdict_keeps_its_promise(capsys) -> None:
    assert verdict.main(["--quick"]) == 0
    assert "five at the margin" in capsys.readouterr().out


def test_a_rule_that_is_wrong_too_often_is_noticed(monkeypatch, capsys) -> None:
    """Taking what is not clearly worse for as good, as the rule before this one did, exits 1."""
    real = verdict.words

    def not_worse(found, total):
        _, is_worse, *rest = real(found, total)
        return ~is_worse, is_worse, *rest

    monkeypatch.setattr(verdict, "words", not_worse)
    assert verdict.main(["--quick"]) == 1
    capsys.readouterr()
