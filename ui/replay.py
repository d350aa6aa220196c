"""The rounds of a training at a pace that can be watched, and any of them again afterwards.

A training can be over before anybody has seen it learn. Then the page plays its log, four rounds a second. Which round
is shown lives in the session: a refresh shows what is true now.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass, replace

import streamlit as st

from core import comparison, runs
from core.evaluation import learning
from core.evaluation.learning import Mark
from core.runs import Epoch, Run
from core.workspace import Workspace
from ui import charts, feedback, state, wall, words
from ui.state import Widget
from ui.wall import Wall

ROUNDS_A_SECOND = 4
# The same on every page and tick, so that nothing is taken away and drawn anew.
_KEY = "live"


@dataclass(frozen=True)
class Playback:
    """Where in an experiment's rounds this session is.

    Attributes:
        run_id: which experiment.
        began_at: when it stood at round `first`, seconds since the epoch.
        first: the round it began with; -1 is before round 0.
        skipped: the user asked for the newest round.
    """

    run_id: str
    began_at: float
    first: int
    skipped: bool = False

    def shows(self, newest: int, now: float) -> int:
        """Give the round to show, `newest` at most."""
        if self.skipped:
            return newest
        # Half a round early, so that ticks that come a little unevenly show one round each.
        return min(newest, self.first + int(ROUNDS_A_SECOND * (now - self.began_at) + 0.5))


def follow(run: Run, newest: int) -> int:
    """Give the round to show of an experiment that goes on or is still being played; -1: none yet.

    Who comes while it goes on begins with its newest round; from there on no round is left out.
    """
    now = time.time()
    playback = state.PLAYBACK.get()
    if playback is None or playback.run_id != run.id:
        playback = Playback(run.id, now, newest)
    shown = playback.shows(newest, now)
    # Having caught up, it may show the next round as soon as that is there, and not two.
    state.PLAYBACK.set(Playback(run.id, now, newest, playback.skipped) if shown == newest else playback)
    return shown


def is_played(run: Run) -> bool:
    """Tell whether rounds of a finished experiment are still to be shown in this session."""
    playback = state.PLAYBACK.get()
    if playback is None or playback.run_id != run.id or run.status().state != "done":
        return False
    newest = len(run.history()) - 1
    return playback.shows(newest, time.time()) < newest


def skip() -> None:
    """Go to the newest round, and stay with it."""
    playback = state.PLAYBACK.get()
    if playback:
        state.PLAYBACK.set(replace(playback, skipped=True))


def skip_button() -> None:
    """Draw the button that ends the waiting."""
    st.button(words.SKIP, key=Widget.SKIP, icon=":material/skip_next:", width="stretch", on_click=skip)


def _play(run: Run) -> None:
    state.PLAYBACK.set(Playback(run.id, time.time(), 0))


@dataclass(frozen=True, eq=False)
class Stage:
    """What stays the same while an experiment is shown round by round."""

    wall: Wall
    epochs: int
    before: tuple[Epoch, ...]

    def draw(self, history: Sequence[Epoch], mark: Mark | None = None, said: str = words.SAYS_NOW) -> None:
        """Draw the wall and the curves after the last of `history`."""
        left, right = st.columns([9, 10], gap="medium")
        with left:
            st.subheader(said, anchor=False)
            wall.show(self.wall, history[-1] if history else None, key=f"{_KEY}-wall")
        with right:
            people = len(self.wall.dataset.people)
            charts.curves(history, self.epochs, people, _KEY, before=self.before, mark=mark)


def stage(workspace: Workspace, run: Run) -> Stage:
    """Set the stage: choose the faces and send them, find the experiment before. Once a page, not once a round."""
    hung = wall.choose(run.dataset)
    wall.hang(workspace, hung)
    earlier = comparison.previous(run, runs.list_runs(workspace))
    return Stage(hung, run.config.epochs, tuple(earlier.history()) if earlier else ())


def afterwards(workspace: Workspace, run: Run) -> None:
    """Show an experiment that is over, with a control that goes back to any of its rounds."""
    if run.history():
        st.fragment(_afterwards)(run, stage(workspace, run))


@feedback.sentences()
def _afterwards(run: Run, set_stage: Stage) -> None:
    history = run.history()
    mark = learning.read_curve(
        [epoch.loss for epoch in history],
        [epoch.accuracy for epoch in history],
        [epoch.val_loss for epoch in history],
        [epoch.val_accuracy for epoch in history],
    )
    if mark:
        st.markdown(words.learning_curve(mark))
    last = len(history) - 1
    shown = _scrubber(run, last) if last else 0
    set_stage.draw(history[: shown + 1], mark, words.SAYS_NOW if shown == last else words.SAID_THEN)


def _scrubber(run: Run, last: int) -> int:
    track, again = st.columns([5, 1], vertical_alignment="bottom")
    shown = track.slider(words.LOOK_BACK, 0, last, last, key=Widget.ROUND.of(run.id, last))
    with again:
        if st.button(words.PLAY_AGAIN, key=Widget.PLAY_AGAIN, icon=":material/replay:", width="stretch"):
            _play(run)
            st.rerun()
    return shown
