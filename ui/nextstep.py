"""What next: one idea after a result, one click that sets it up."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import streamlit as st

from core import comparison, suggestions
from core.experiments import Row
from core.models import backbones
from core.photos.dataset import Dataset, list_datasets
from core.runs import Run
from core.suggestions import Suggestion
from core.sweeps.folder import list_sweeps
from core.workspace import Workspace
from ui import feedback, newphotos, places, settings, state, words
from ui.state import Widget
from ui.strip.parts import block_word


def idea(workspace: Workspace, row: Row, tested: Sequence[Row]) -> None:
    """Draw the first idea that was not tried yet with these photos; nothing where all were.

    Args:
        tested: all finished experiments, those of comparisons too.
    """
    run = row.run
    found = _next(workspace, run, [other.run for other in tested])
    if found is None:
        return
    label, why = words.IDEAS[found[0].idea]
    # Every network here has five blocks.
    label = label.format(block=block_word(backbones.backbone(row.config.backbone).architecture))
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown(words.NEXT_IDEA, width="content")
        if st.button(label, key=Widget.NEXT_IDEA, type="primary"):
            with feedback.sentences():
                _set_up(workspace, run, *found)
        st.markdown(why, width="content")


def _next(workspace: Workspace, run: Run, everything: Sequence[Run]) -> tuple[Suggestion, Dataset] | None:
    """Give the idea, and the photos as they are now: the experiment may have been made with an older version."""
    dataset = next((each for each in list_datasets(workspace) if each.id == run.dataset.id and each.is_trainable), None)
    if dataset is None:
        return None
    tried = [comparison.asked_for(each) for each in comparison.tested_with(dataset.id, everything)]
    most = max(Counter(item.person for item in dataset.of("train")).values())
    shown = state.STRANGERS_JOB.get() is not None
    compared = any(sweep.dataset.id == dataset.id for sweep in list_sweeps(workspace))
    found = suggestions.next_idea(comparison.asked_for(run), tried, most, is_compared=compared, stranger_shown=shown)
    return (found, dataset) if found else None


def _set_up(workspace: Workspace, run: Run, found: Suggestion, dataset: Dataset) -> None:
    """Go where the idea is tried, with everything chosen for it."""
    if found.idea == "all_stops":
        state.DATASET.set(dataset.id)
        state.CHOOSING_COMPARISON.set(True)
        st.switch_page(places.COMPARE)
    if found.idea != "stranger":
        settings.preset_to(found.changes, comparison.asked_for(run), dataset)
        st.switch_page(places.TRAIN)
    newphotos.show_stranger(workspace, run)
    # Drawn further down in this very run; on a small screen it would open out of sight.
    state.STRANGER_VIEWS.set(state.STRANGER_VIEWS.get() + 1)
    state.SCROLL_TO_VIEWS.set(True)
    st.rerun()
