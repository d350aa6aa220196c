"""Uploads lie in the server's memory until they are given back: once they are on disk, and when their page is gone.

Streamlit itself keeps them as long as it keeps their session, which can be until the server ends.
"""

from __future__ import annotations

import time
from collections.abc import Iterable

from streamlit import runtime
from streamlit.runtime.memory_uploaded_file_manager import MemoryUploadedFileManager
from streamlit.runtime.scriptrunner import get_script_run_ctx
from streamlit.runtime.uploaded_file_manager import UploadedFile

from ui import freed

# Whoever lost the connection for a moment comes back within this time.
GONE_AFTER_S = 150.0
_gone_since: dict[str, float] = {}


def give_back(uploads: Iterable[UploadedFile]) -> None:
    """Take uploads of this session out of the server's memory; they can no longer be read afterwards."""
    context = get_script_run_ctx()
    for upload in uploads:
        upload.close()
        if context and isinstance(context.uploaded_file_mgr, MemoryUploadedFileManager):
            context.uploaded_file_mgr.remove_file(context.session_id, upload.file_id)
    freed.give_back()


def give_back_of_closed_pages() -> None:
    """Take out of memory what was uploaded on pages that have been closed for a while. Cheap: call it on every page."""
    manager = _manager()
    if manager is None:
        return
    now_s, server = time.monotonic(), runtime.get_instance()
    for session in list(manager.file_storage):
        if server.is_active_session(session):
            _gone_since.pop(session, None)
        elif now_s - _gone_since.setdefault(session, now_s) >= GONE_AFTER_S:
            manager.remove_session_files(session)
            _gone_since.pop(session, None)
            freed.give_back()


def give_back_everything() -> None:
    """Take every upload of every session out of memory, as when all is erased."""
    manager = _manager()
    for session in list(manager.file_storage) if manager else ():
        manager.remove_session_files(session)
    freed.give_back()


def _manager() -> MemoryUploadedFileManager | None:
    found = runtime.get_instance().uploaded_file_mgr if runtime.exists() else None
    return found if isinstance(found, MemoryUploadedFileManager) else None
