"""The epochs of a training at a pace that can be watched, and any of them afterwards.

A training can be over before anybody has seen it learn. The page then plays its log, four epochs a second. Which epoch
is shown is kept in the session: a refresh shows the newest.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import streamlit as st

from core.evaluation import learning_curve
from core.evaluation.learning_curve import Mark
from core.experiments import baseline, listing, runs
from core.experiments.history import Epoch
from core.experiments.runs import Run
from core.models import registry
from core.workspace import Workspace
from ui import page, state
from ui.charts import on_page
from ui.components import wall
from ui.components.wall import Wall
from ui.state import Widget
from ui.text import common
from ui.text import runs as run_words
from ui.text import train as words

# After so long without a look, a session starts at the newest epoch again.
_LOOKED_AWAY_S = 8.0
# The same on every tick, so that the browser updates what is there.
_KEY = "live"


EPOCHS_A_SECOND = 4
# In parts of an epoch's time on the page: how early a tick may be, and how soon the next epoch may follow.
_EARLY_SHARE, _LEAST_SHARE = 0.2, 0.6
# Epochs at once, where the computer is too busy to draw each.
_MOST_AT_ONCE = 2


@dataclass(frozen=True)
class Playback:
    """Which epoch of a run this session shows.

    Attributes:
        run_id: the run.
        shown: the epoch on the page; -1 is before epoch 0.
        since: when it came there, in Unix seconds.
        looked: when the page was drawn last, in Unix seconds.
        skipped: the user asked for the newest epoch.
    """

    run_id: str
    shown: int
    since: float
    looked: float
    skipped: bool = False

    def next(self, newest: int, now: float) -> int:
        """Return the epoch to show now: the next one when it is time."""
        if self.skipped or self.shown > newest:
            return newest
        waited = EPOCHS_A_SECOND * (now - self.since)
        # Ticks come a little unevenly, and a click makes one in between.
        step = max(min(int(waited + _EARLY_SHARE), _MOST_AT_ONCE), waited >= _LEAST_SHARE)
        return min(newest, self.shown + step)


def follow(run: Run, newest: int) -> int:
    """Return the epoch to show of a run that goes on or is still being played; -1: none yet.

    A session that comes while it trains starts at the newest epoch; from there epochs follow one by one.
    """
    now = time.monotonic()
    playback = _playback(run) or Playback(run.id, newest, now, now)
    shown = playback.next(newest, now)
    since = now if shown != playback.shown else playback.since
    state.PLAYBACK.set(replace(playback, shown=shown, since=since, looked=now))
    return shown


def is_played(run: Run) -> bool:
    """Tell whether epochs of a finished run are still being shown in this session."""
    playback = _playback(run)
    if playback is None or run.status().state != "done":
        return False
    return not playback.skipped and playback.shown < len(run.history()) - 1


def _playback(run: Run) -> Playback | None:
    """Return where this session is in a run; None for another run, or after a long time away."""
    playback = state.PLAYBACK.get()
    if playback is None or playback.run_id != run.id:
        return None
    return None if time.monotonic() - playback.looked > _LOOKED_AWAY_S else playback


def far_behind(run: Run, newest: int) -> bool:
    """Tell whether epochs come faster than they are shown."""
    playback = _playback(run)
    return playback is not None and not playback.skipped and playback.shown < newest - 1


def leave() -> None:
    """End the playback."""
    state.PLAYBACK.set(None)


def skip() -> None:
    """Go to the newest epoch, and stay with it."""
    playback = state.PLAYBACK.get()
    if playback:
        state.PLAYBACK.set(replace(playback, skipped=True))


def skip_button() -> None:
    """Draw the button that skips to the newest epoch."""
    st.button(words.SKIP, key=Widget.SKIP, icon=":material/skip_next:", width="stretch", on_click=skip)


def _play(run: Run) -> None:
    now = time.monotonic()
    state.PLAYBACK.set(Playback(run.id, 0, now, now))


@dataclass(frozen=True, eq=False)
class Stage:
    """What stays the same while a run is shown epoch by epoch."""

    wall: Wall
    epochs: int
    before: on_page.Before | None
    border: on_page.Border | None

    def draw(self, history: Sequence[Epoch], mark: Mark | None = None, said: str = words.SAYS_NOW) -> None:
        """Draw the wall and the curves after the last of `history`."""
        left, right = st.columns([9, 10], gap="medium")
        with left, st.container(gap="xsmall"):
            st.subheader(said if history else words.SAYS_NOTHING, anchor=False)
            if said := common.some_of(self.wall.n_people, len(self.wall.dataset.people)):
                st.caption(said)
            wall.show(self.wall, history[-1] if history else None, key=f"{_KEY}-wall")
        with right, st.container(gap="xsmall"):
            people = len(self.wall.dataset.people)
            on_page.curves(history, self.epochs, people, _KEY, before=self.before, mark=mark, border=self.border)


def stage(workspace: Workspace, run: Run) -> Stage:
    """Choose the faces and send them, find the baseline. Called once a page, not once an epoch."""
    chosen = wall.choose(run.dataset)
    wall.send_faces(workspace, chosen)
    return Stage(chosen, run.config.epochs, _before(workspace, run), _border(run))


def _before(workspace: Workspace, run: Run) -> on_page.Before | None:
    found = baseline.Tested(runs.list_runs(workspace, of_sweeps=True)).baseline(run)
    if found is None:
        return None
    number = listing.number(workspace, found.run)
    return on_page.Before(common.experiment(number), tuple(found.run.history()))


def _border(run: Run) -> on_page.Border | None:
    """Return where more of the network begins to learn; None where nothing did before it ended."""
    did = run.outcome()
    if did.head_epochs is None or did.did == "ended_before":
        return None
    return on_page.Border(did.head_epochs, run_words.unfreezing(run.config))


def afterwards(workspace: Workspace, run: Run, head: Callable[[], None]) -> None:
    """Show a run that is over: `head` over it, and a control that goes back to any of its epochs."""
    if run.history():
        st.fragment(_afterwards)(run, stage(workspace, run), head)
    else:
        head()


@page.errors_as_sentences()
def _afterwards(run: Run, set_stage: Stage, head: Callable[[], None]) -> None:
    with st.container():
        head()
    history = run.history()
    last, mark = len(history) - 1, _mark(history, run.outcome().head_epochs)
    with st.container():
        if mark:
            units = len(registry.backbone(run.config.backbone).architecture.units)
            depth = run.config.freeze_depth
            st.markdown(words.learning_curve(mark, units if depth is None else depth, units))
        shown = _scrubber(run, last) if last else 0
    said = words.SAYS_NOW if shown == last else words.SAID_THEN.format(epoch=shown)
    set_stage.draw(history[: shown + 1], mark, said)


def _mark(history: Sequence[Epoch], head_epochs: int | None) -> Mark | None:
    return learning_curve.read_curve(
        [epoch.loss for epoch in history],
        [epoch.accuracy for epoch in history],
        [epoch.val_loss for epoch in history],
        [epoch.val_accuracy for epoch in history],
        head_epochs=head_epochs,
    )


def _scrubber(run: Run, last: int) -> int:
    label, track, again = st.columns([2, 7, 2], vertical_alignment="center", gap="medium")
    label.markdown(words.LOOK_BACK)
    shown = track.slider(
        words.LOOK_BACK, 0, last, last, key=Widget.EPOCH_SHOWN.of(run.id, last), label_visibility="collapsed"
    )
    with again:
        if st.button(words.PLAY_AGAIN, key=Widget.PLAY_AGAIN, icon=":material/replay:", width="stretch"):
            _play(run)
            st.rerun()
    return shown
