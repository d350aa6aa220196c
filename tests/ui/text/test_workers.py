"""Why no work can begin, in words."""

from __future__ import annotations

from pathlib import Path

import pytest

from core.errors import LabError
from core.jobs.no_worker import Trouble, of_error
from ui.text import workers as words

NOW_S = 1000.0


@pytest.mark.parametrize(
    ("found", "said"),
    [
        (
            Trouble("dies", "No module named keras", "train", "worker.log", NOW_S + 8.4),
            "No training can begin: the program for it ends by itself (No module named keras). The lab tries again in "
            '8 s. If this stays, close the lab and start it anew; more stands in "worker.log".',
        ),
        (
            Trouble("unreadable", '"runs/odd"'),
            'Left out, because it cannot be read: "runs/odd". My experiments says why, and can delete it.',
        ),
        (
            of_error(LabError("No room; make some.")),
            "Nothing new can begin: No room; make some. The lab goes on by itself as soon as it can.",
        ),
        (
            of_error(KeyError("lane")),
            "Nothing new can begin: something is wrong with the lab's folder \"home\" (KeyError: 'lane'). "
            "The lab goes on by itself as soon as it can; if this stays, close it and start it anew.",
        ),
    ],
)
def test_each_trouble_says_what_is_wrong_and_what_happens_next(
    found: Trouble, said: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(words.time, "time", lambda: NOW_S)
    assert words.trouble(found, Path("home")) == said
