"""What the lab does differently from Streamlit: what it keeps of each visitor, and which wishes of pages it hears."""

from __future__ import annotations

from functools import wraps

from streamlit import runtime
from streamlit.proto.ClientState_pb2 import ClientState
from streamlit.runtime.app_session import AppSession


def forget() -> None:
    """Forget what all visitors chose and typed; open pages draw themselves anew soon (`ui.job_progress.troubles`).

    Widgets name people in their keys, and what they call holds a data set. Streamlit has no name for emptying that.
    """
    manager = runtime.get_instance()._session_mgr if runtime.exists() else None
    for info in manager.list_sessions() if manager else ():
        remembered = info.session.session_state
        remembered.clear()
        remembered._new_widget_state.widget_metadata.clear()


def drop_late_ticks() -> None:
    """Let live parts of a page be asked for again only while that page stands still.

    A browser asks by its own clock, until it hears that another page has begun. Streamlit (1.67) would answer such a
    tick with the page it came from, behind the new one; and the browser then clears the screen. A computer that needs
    more than a second or two for a page is late enough for that.
    """
    request_rerun = AppSession.request_rerun
    if hasattr(request_rerun, "__wrapped__"):
        return

    @wraps(request_rerun)
    def request(session: AppSession, asked: ClientState | None) -> None:
        if asked is None or not is_late_tick(session, asked):
            request_rerun(session, asked)

    AppSession.request_rerun = request  # type: ignore[method-assign]


def is_late_tick(session: AppSession, asked: ClientState) -> bool:
    """Return whether a page asks by itself for something while its session is at work, or has gone to another page."""
    elsewhere = asked.page_script_hash != session._pages_manager.current_page_script_hash
    return asked.is_auto_rerun and (session._scriptrunner is not None or elsewhere)
