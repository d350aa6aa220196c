"""What there is once a server: its workspace and the supervisor of its workers."""

from __future__ import annotations

import atexit
from pathlib import Path

import streamlit as st

from core.jobs import deletion, supervisor
from core.live.link import Link
from core.workspace import Workspace
from ui import freed, sessions


def workspace() -> Workspace:
    """Return the workspace of this computer's user."""
    return Workspace.personal()


def workers() -> supervisor.Supervisor:
    """Return the supervisor, started with the first call; one for all sessions of this server."""
    return _supervisor(str(workspace().root))


@st.cache_resource(show_spinner=False)
def _supervisor(root: str) -> supervisor.Supervisor:
    started = supervisor.Supervisor(Workspace(Path(root)), tidy=deletion.go_on)
    started.start()
    freed.keep_little()
    sessions.drop_late_ticks()
    atexit.register(started.stop)
    return started


def live() -> Link:
    """Return what looks at the pictures of webcams; one for all sessions, started with the first look."""
    return _live()


@st.cache_resource(show_spinner=False)
def _live() -> Link:
    made = Link()
    atexit.register(made.close)
    return made
