"""Erasing forgets what every visitor chose and typed; live parts stay on the page that is shown."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest
from streamlit.runtime.scriptrunner.script_runner import ScriptRunner
from streamlit.runtime.scriptrunner_utils.script_requests import RerunData
from streamlit.runtime.state.common import WidgetMetadata
from streamlit.runtime.state.session_state import SessionState

from ui import sessions

SHOWN, LEFT = "train", "test"


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


def test_live_parts_are_drawn_on_the_page_that_is_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    ran: list[RerunData] = []
    monkeypatch.setattr(ScriptRunner, "_run_script", lambda runner, asked: ran.append(asked))
    sessions.keep_parts_on_their_page()
    sessions.keep_parts_on_their_page()
    runner: Any = SimpleNamespace(_pages_manager=SimpleNamespace(current_page_script_hash=SHOWN))
    tick, click = RerunData(page_script_hash=LEFT, fragment_id_queue=["a"]), RerunData(page_script_hash=LEFT)
    for asked in (tick, click):
        ScriptRunner._run_script(runner, asked)
    assert [(asked.page_script_hash, asked.fragment_id_queue) for asked in ran] == [(SHOWN, ["a"]), (LEFT, [])]
