"""The strip of an experiment that has ended: how far each block moved."""

from __future__ import annotations

import streamlit as st

from core.experiments.runs import Run
from core.models import registry
from core.workspace import Workspace
from ui.components import strip
from ui.components.strip.parts import Parts, as_it_was
from ui.state import Widget
from ui.text import train as words
from ui.train import activations, pixels


def draw(workspace: Workspace, run: Run) -> None:
    """Draw it with its handle fixed; nothing before the test, for then nobody has measured what moved."""
    summary = run.summary()
    if summary is None:
        return
    dataset, config = run.dataset, run.config
    parts = Parts(
        config,
        dataset.people,
        pixels.address(workspace, dataset, config.image_size_px),
        activations.shown(workspace, dataset, config),
        summary.get("unit_movement") or {},
        run.outcome(),
    )
    st.subheader(words.HOW_FAR if parts.moved and not parts.as_it_was else words.WHAT_LEARNED, anchor=False)
    strip.show(parts, registry.frozen_units(config), Widget.FREEZE.of(run.id))


def what_it_did(run: Run) -> str:
    """Say where a training did not do what its settings say, or did better without it; empty elsewhere."""
    summary, did = run.summary(), run.outcome()
    if summary is None:
        return ""
    if did.was_worse and did.head_only:
        return words.did_not_help(did.head_only.test_correct, summary["test_correct"], summary["test_total"])
    return as_it_was(run.config, did)
