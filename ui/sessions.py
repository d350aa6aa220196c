"""What the lab does differently from Streamlit: what it keeps of each visitor, and where live parts are drawn."""

from __future__ import annotations

from dataclasses import replace
from functools import wraps

from streamlit import runtime
from streamlit.runtime.scriptrunner.script_runner import ScriptRunner
from streamlit.runtime.scriptrunner_utils.script_requests import RerunData


def forget() -> None:
    """Forget what all visitors chose and typed; open pages draw themselves anew soon (`ui.job_progress.troubles`).

    Widgets name people in their keys, and what they call holds a data set. Streamlit has no name for emptying that.
    """
    manager = runtime.get_instance()._session_mgr if runtime.exists() else None
    for info in manager.list_sessions() if manager else ():
        remembered = info.session.session_state
        remembered.clear()
        remembered._new_widget_state.widget_metadata.clear()


def keep_parts_on_their_page() -> None:
    """Draw live parts of a page anew only on the page that is shown.

    A browser asks for them by its own clock, until it hears that another page has begun. Streamlit (1.67) would answer
    such a late tick behind the new page, with the page that it came from; and the browser then clears the screen. A
    computer that needs more than a second or two for a page is late enough for that.
    """
    run_script = ScriptRunner._run_script
    if hasattr(run_script, "__wrapped__"):
        return

    @wraps(run_script)
    def run(runner: ScriptRunner, asked: RerunData) -> None:
        if asked.fragment_id_queue:
            asked = replace(asked, page_script_hash=runner._pages_manager.current_page_script_hash)
        run_script(runner, asked)

    ScriptRunner._run_script = run  # type: ignore[method-assign]
