"""The flip board: all test photos whose answer changes between two runs, as pictures."""

from __future__ import annotations

import streamlit as st

from core.data.dataset import Dataset
from core.experiments import compare_runs
from core.experiments.compare_runs import Changed
from core.experiments.listing import ListedRun
from core.experiments.predictions import Predictions
from core.workspace import Workspace
from ui import page
from ui.charts.overlay import COLOURS, LETTERS
from ui.state import Widget
from ui.test import before_after, prediction_cards
from ui.text import compare as words
from ui.text import escape
from ui.text import runs as run_words
from ui.text import test as test_words


def board(workspace: Workspace, before: ListedRun, now: ListedRun) -> None:
    """Draw the photos that change between two runs: a sentence, whether it could be luck, what was fixed, what broke.

    The first one is A, the second B; a page at a time where there are many photos.
    """
    changes, given = compare_runs.compare_runs(before.run, now.run), now.run.predictions()
    if changes is None or given is None:
        st.markdown(test_words.NONE_IN_BOTH)
        return
    differ = compare_runs.differences(before.run.requested_config, now.run.requested_config)
    right = changes.right_before, changes.right_now
    said = [
        words.held(letter, run_words.settings(row.run, differ), n, changes.total)
        for letter, row, n in zip(LETTERS, (before, now), right, strict=False)
    ]
    st.markdown(f"**{' '.join(said)}**")
    st.markdown(" ".join(before_after.verdict(changes, now.run)))
    if changes.fixed or changes.broken:
        st.caption(words.coin(changes.changes.p_value))
    dataset = now.run.dataset
    for title, css_class, found in (
        (words.fixed(len(changes.fixed), LETTERS[1]), "lab-fixed", changes.fixed),
        (words.broke(len(changes.broken), LETTERS[1]), "lab-broken", changes.broken),
    ):
        if found:
            st.markdown(f"**{title}**")
            shown = page.paginate(
                len(found), prediction_cards.A_PAGE, Widget.PREDICTIONS_PAGE.of(css_class, before.id, now.id)
            )
            drawn = "".join(_flip(workspace, dataset, given, each) for each in found[shown])
            st.html(f'<div class="lab-flips" style="{before_after.STYLE}">{drawn}</div>')


def _flip(workspace: Workspace, dataset: Dataset, given: Predictions, changed: Changed) -> str:
    """Return one photo: who it is, and what each of the two says."""
    true = dataset.people[int(given.labels[changed.place])]
    answers = "".join(
        _answer(place, said, right=said == true) for place, said in enumerate((changed.before, changed.now))
    )
    name, photo = escape.as_html(true), escape.as_html(given.names[changed.place])
    return (
        f'<figure title="{photo}">{before_after.picture(workspace, dataset, given, changed)}'
        f'<figcaption><strong class="lab-ellipsis" title="{name}">{name}</strong>{answers}</figcaption></figure>'
    )


def _answer(place: int, said: str, *, right: bool) -> str:
    name, sign = escape.as_html(said), test_words.RIGHT_SIGN if right else test_words.WRONG_SIGN
    return (
        f'<span class="{"lab-is-right" if right else "lab-is-wrong"}">'
        f'<b style="--lab-colour:{COLOURS[place]}">{LETTERS[place]}</b>'
        f'<span class="lab-ellipsis" title="{name}">{sign} {name}</span></span>'
    )
