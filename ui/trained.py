"""The strip of an experiment that has ended: how far each block moved."""

from __future__ import annotations

import streamlit as st

from core.models import backbones
from core.runs import Run
from core.workspace import Workspace
from ui import pixels, responses, strip, words
from ui.state import Widget
from ui.strip.parts import Parts


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
        responses.shown(workspace, dataset, config),
        summary.get("unit_movement") or {},
        run.outcome(),
    )
    st.subheader(words.HOW_FAR if parts.moved and not parts.as_it_was else words.WHAT_LEARNED, anchor=False)
    strip.show(parts, backbones.frozen_units(config), Widget.FREEZE.of(run.id))
