"""What Streamlit keeps of each visitor, and of pages closed a moment ago: what was chosen and typed, every widget."""

from __future__ import annotations

from streamlit import runtime


def forget() -> None:
    """Forget it for all visitors; a page that is open draws itself anew soon (`ui.job_progress.troubles`).

    Widgets name people in their keys, and what they call holds a data set. Streamlit has no name for emptying that.
    """
    manager = runtime.get_instance()._session_mgr if runtime.exists() else None
    for info in manager.list_sessions() if manager else ():
        remembered = info.session.session_state
        remembered.clear()
        remembered._new_widget_state.widget_metadata.clear()
