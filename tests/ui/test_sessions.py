"""Erasing forgets what every visitor chose and typed; a page that was left is not answered any more."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest
from streamlit.proto.ClientState_pb2 import ClientState
from streamlit.runtime.app_session import AppSession
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


def session(*, at_work: bool) -> Any:
    pages = SimpleNamespace(current_page_script_hash=SHOWN)
    return SimpleNamespace(_scriptrunner=object() if at_work else None, _pages_manager=pages)


@pytest.mark.parametrize(
    ("asked", "at_work", "late"),
    [
        (ClientState(page_script_hash=SHOWN, is_auto_rerun=True), False, False),
        (ClientState(page_script_hash=SHOWN, is_auto_rerun=True), True, True),
        (ClientState(page_script_hash=LEFT, is_auto_rerun=True), False, True),
        (ClientState(page_script_hash=LEFT), True, False),
        (ClientState(page_script_hash=SHOWN), False, False),
    ],
    ids=["a tick", "a tick while it works", "a tick of another page", "a click elsewhere", "a click"],
)
def test_late_ticks(asked: ClientState, at_work: bool, late: bool) -> None:
    assert sessions.is_late_tick(session(at_work=at_work), asked) is late


def test_late_ticks_are_dropped_and_the_rest_is_passed_on(monkeypatch: pytest.MonkeyPatch) -> None:
    heard: list[ClientState | None] = []
    monkeypatch.setattr(AppSession, "request_rerun", lambda session, asked: heard.append(asked))
    sessions.drop_late_ticks()
    sessions.drop_late_ticks()
    click, tick = ClientState(page_script_hash=LEFT), ClientState(page_script_hash=LEFT, is_auto_rerun=True)
    for asked in (click, tick, None):
        AppSession.request_rerun(session(at_work=True), asked)
    assert heard == [click, None]
