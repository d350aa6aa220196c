"""Erasing forgets what every visitor chose and typed."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
from streamlit.runtime.state.common import WidgetMetadata
from streamlit.runtime.state.session_state import SessionState

from ui import sessions


def test_what_all_visitors_chose_and_their_widgets_are_forgotten(monkeypatch: pytest.MonkeyPatch) -> None:
    states = [SessionState(), SessionState()]
    for number, state in enumerate(states):
        state["whom"] = f"Ada {number}"
        widget = WidgetMetadata(f"name-of-Ada-{number}", lambda value: value, lambda value: value, "string_value")
        state._new_widget_state.set_widget_metadata(widget)
    known = [SimpleNamespace(session=SimpleNamespace(session_state=state)) for state in states]
    server = SimpleNamespace(_session_mgr=SimpleNamespace(list_sessions=lambda: known))
    monkeypatch.setattr(sessions.runtime, "exists", lambda: True)
    monkeypatch.setattr(sessions.runtime, "get_instance", lambda: server)
    sessions.forget()
    assert "Ada" not in str([[state.filtered_state, state._new_widget_state] for state in states])


def test_where_no_server_runs_there_is_nothing_to_forget() -> None:
    sessions.forget()
