"""What next: one idea after a result, one click that sets it up."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import streamlit as st

from core.data.dataset import Dataset
from core.data.versions import list_datasets
from core.experiments import baseline, compare_runs, suggestions
from core.experiments.listing import ListedRun
from core.experiments.runs import Run
from core.experiments.suggestions import Suggestion
from core.models import registry
from core.sweeps.sweep import list_sweeps
from core.workspace import Workspace
from ui import navigation, page, state
from ui.state import Widget
from ui.test import new_photos
from ui.text import common, runs
from ui.text import test as words
from ui.train import settings


def show(workspace: Workspace, row: ListedRun, tested: Sequence[ListedRun]) -> None:
    """Draw the first idea that was not tried yet with these photos; nothing where all were.

    Args:
        tested: all finished runs, those of sweeps too.
    """
    rows = sorted(tested, key=lambda other: other.id, reverse=True)
    found = _next(workspace, row, rows)
    if found is None:
        return
    label, why = words.IDEAS[found.suggestion.idea]
    # Every network here has five blocks.
    label = label.format(block=runs.block_word(registry.backbone(row.config.backbone).architecture))
    at_once = found.suggestion.idea == "stranger"
    with st.container(horizontal=True, vertical_alignment="center"):
        said = f"{words.NEXT_IDEA} {why}" if at_once else f"{words.NEXT_IDEA} **{label}.** {why}"
        st.markdown(said, width="content")
        if st.button(label if at_once else words.SET_IT_UP, key=Widget.NEXT_IDEA, type="primary"):
            with page.errors_as_sentences():
                _set_up(workspace, row.run, found)
    if changes := _what_changes(found):
        st.markdown(changes)


@dataclass(frozen=True)
class _Found:
    """A suggestion, the newest version of the photos, and the run whose settings it changes, if it changes any."""

    suggestion: Suggestion
    dataset: Dataset
    base: ListedRun | None


def _what_changes(found: _Found) -> str:
    """Say in what the next run will differ, and from which run; empty where no settings change."""
    base, now = found.suggestion.base, found.suggestion.config
    if found.base is None or base is None or now is None:
        return ""
    follows = baseline.follows(base, now)
    which = common.experiment(found.base.number)
    return common.against_baseline(which, compare_runs.differences(base, now), follows=follows)


def _next(workspace: Workspace, row: ListedRun, rows: Sequence[ListedRun]) -> _Found | None:
    """Return the idea; the run may have been made with an older version of its photos.

    Args:
        rows: all finished runs, newest first.
    """
    run = row.run
    dataset = next((each for each in list_datasets(workspace) if each.id == run.dataset.id and each.is_trainable), None)
    if dataset is None:
        return None
    mine = {each.id for each in compare_runs.tested_with(dataset.id, [other.run for other in rows])}
    # A run whose unfrozen blocks did not learn has not tried its settings.
    tried = [other for other in rows if other.id in mine and other.outcome.retrained]
    asked = {other.id: other.run.requested_config for other in (row, *tried)}
    most = settings.most_photos(dataset)
    shown = state.STRANGERS_JOB.get() is not None
    compared = any(sweep.dataset.id == dataset.id for sweep in list_sweeps(workspace))
    # Nothing can recognise more than all.
    is_perfect = row.correct == row.total
    wider = "" if is_perfect else suggestions.wider_network(asked[row.id].backbone, dataset.people, workspace)
    found = suggestions.next_idea(
        asked[row.id],
        list(asked.values()),
        most,
        wider=wider,
        is_compared=compared,
        stranger_shown=shown,
    )
    if found is None:
        return None
    base = next((other for other in (row, *tried) if asked[other.id] == found.base), None)
    return _Found(found, dataset, base)


def _set_up(workspace: Workspace, run: Run, found: _Found) -> None:
    """Go to the page where the idea is tried, with everything chosen for it."""
    suggestion = found.suggestion
    if suggestion.idea == "sweep":
        state.DATASET.set(found.dataset.id)
        state.CHOOSING_COMPARISON.set(True)
        st.switch_page(navigation.COMPARE)
    if suggestion.idea != "stranger":
        came_from = found.base.id if found.base else ""
        settings.preset_to(suggestion.changes, suggestion.base, found.dataset, came_from=came_from)
        st.switch_page(navigation.TRAIN)
    new_photos.show_stranger(workspace, run)
    # It is drawn further down the page, out of sight on a small screen.
    state.count_up(state.STRANGER_VIEWS)
    state.SCROLL_TO_VIEWS.set(True)
    st.rerun()
