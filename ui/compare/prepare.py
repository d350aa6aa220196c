"""Before a sweep: guess which point will be best, then start."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from core.data.dataset import Dataset
from core.models import registry, weights
from core.sweeps.plan import SweepPlan
from core.sweeps.results import lines
from core.sweeps.runtime_estimate import estimate
from core.sweeps.sweep import Sweep
from core.workspace import Workspace
from ui import dataset_choice, jobs, page
from ui.compare import selection, setup
from ui.compare.setup import Choice
from ui.components import sweep_chart
from ui.components.sweep_chart.chart import chart_of
from ui.state import Widget
from ui.text import common, escape
from ui.text import compare as words
from ui.text import train as train_words
from ui.train import networks


def draw(workspace: Workspace, found: Sequence[Dataset], everything: Sequence[Sweep]) -> None:
    """Draw the empty chart with the votes, the button that starts, and the settings; `found` can be learned from."""
    networks.settle(workspace)
    page.styles()
    # Containers, because parts are drawn in the order in which they depend on each other, not in the order on the
    # page. The start button is where the stop button will be: on the first screen of a projector.
    with st.container(gap="xsmall"):
        title, start = st.columns([5, 1], vertical_alignment="center")
        says, chart = st.container(gap="xsmall"), st.container()
    below, advanced = st.container(), st.container()
    dataset = dataset_choice.chosen(found)
    with advanced, st.expander(common.ADVANCED):
        choice = setup.choose(workspace, dataset)
    title.title(_question(choice), anchor=False)
    says.markdown(words.GUESS_FIRST[choice.axis])
    with page.errors_as_sentences():
        plan = choice.plan()
        with chart:
            votes = _vote(plan, dataset)
        _start(workspace, plan, dataset, votes, start, says)
    with below:
        dataset_choice.pick(found, dataset, train_words.TRAIN_ON, Widget.COMPARE_ON)
        st.caption(_setting(choice, dataset))
    selection.others(everything, None)


def _question(choice: Choice) -> str:
    boundaries = registry.backbone(choice.starts[0].backbone).architecture.freeze_boundaries()
    is_by_layer = choice.axis == "depth" and choice.depths != boundaries
    return words.QUESTION_LAYERS if is_by_layer else words.QUESTIONS[choice.axis]


def _setting(choice: Choice, dataset: Dataset) -> str:
    """Say which photos are used, and what all tries share."""
    photos = escape.plain(common.dataset(dataset.name, len(dataset.people)))
    named = [
        words.network(registry.backbone(start.backbone).title, train_words.starts(start.pretrained, start.backbone))
        for start in choice.starts
    ]
    return words.setting(photos, "; ".join(named), choice.base.image_size_px, choice.base.epochs)


def votes_key(plan: SweepPlan, dataset: Dataset) -> str:
    """Return the session key of the votes; other points have other votes."""
    return Widget.VOTES.of(dataset.id, plan.axis, plan.depths, plan.photos, plan.sizes_px)


def _vote(plan: SweepPlan, dataset: Dataset) -> tuple[int, ...]:
    return sweep_chart.vote(chart_of(plan, lines(plan, ()), dataset), votes_key(plan, dataset))


def _start(
    workspace: Workspace,
    plan: SweepPlan,
    dataset: Dataset,
    votes: Sequence[int],
    start: DeltaGenerator,
    says: DeltaGenerator,
) -> None:
    """Draw the start button and how long the sweep will take, or what is missing."""
    missing = next((name for name in _needed(plan) if not weights.has_weights(name, workspace)), None)
    if missing:
        with says:
            networks.way_on(workspace, registry.backbone(missing))
        return
    says.caption(_takes(workspace, plan, dataset))
    if start.button(
        train_words.START_TRAINING,
        key=Widget.START_COMPARISON,
        type="primary",
        icon=":material/play_arrow:",
        width="stretch",
    ):
        made = jobs.sweep(workspace, dataset, plan, {place: n for place, n in enumerate(votes) if n})
        # The next sweep starts without votes.
        st.session_state.pop(votes_key(plan, dataset), None)
        selection.open_one(made)


def _needed(plan: SweepPlan) -> list[str]:
    """Name the networks whose weights are needed."""
    return [start.backbone for start in plan.starts if start.pretrained]


def _takes(workspace: Workspace, plan: SweepPlan, dataset: Dataset) -> str:
    expected, total = estimate(plan, dataset, workspace), len(list(plan.cells()))
    if not expected.to_do:
        return words.all_done_before(total)
    n_seeds = len(plan.seeds)
    return words.takes(expected.all_s, expected.first_s, total // n_seeds, n_seeds)
