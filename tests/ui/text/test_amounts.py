from __future__ import annotations

import pytest

from ui.text import amounts


@pytest.mark.parametrize(
    ("seconds", "said"),
    [
        (0.4, "a few seconds"),
        (7.6, "about 8 s"),
        (13.0, "about 15 s"),
        (57.0, "about 55 s"),
        (59.0, "about 1 min"),
        (200.0, "about 3 min"),
        (1300.0, "about 20 min"),
        (3600.0, "about 1 hour"),
        (5 * 3600.0, "about 5 hours"),
    ],
)
def test_a_forecast_is_no_finer_than_it_is(seconds: float, said: str) -> None:
    assert amounts.about(seconds) == said


@pytest.mark.parametrize(
    ("seconds", "said"),
    [
        (0.04, "0.1 s"),
        (0.44, "0.4 s"),
        (1.6, "2 s"),
        (99.4, "99 s"),
        (120.0, "2 min"),
        (150.0, "2.5 min"),
        (660.0, "11 min"),
    ],
)
def test_times_are_said_no_finer_than_they_matter(seconds: float, said: str) -> None:
    assert amounts.measured(seconds) == said
