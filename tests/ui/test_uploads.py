"""Uploads leave the server's memory: when they are on disk, when their page is gone, when all is erased."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
from streamlit.proto.Common_pb2 import FileURLs
from streamlit.runtime.memory_uploaded_file_manager import MemoryUploadedFileManager
from streamlit.runtime.uploaded_file_manager import UploadedFile, UploadedFileRec

from ui import uploads


@pytest.fixture
def manager(monkeypatch: pytest.MonkeyPatch) -> MemoryUploadedFileManager:
    """What holds the uploads of a server with the pages "open" and "closed"."""
    holds = MemoryUploadedFileManager("/upload")
    server = SimpleNamespace(uploaded_file_mgr=holds, is_active_session=lambda session: session == "open")
    monkeypatch.setattr(uploads.runtime, "exists", lambda: True)
    monkeypatch.setattr(uploads.runtime, "get_instance", lambda: server)
    context = SimpleNamespace(uploaded_file_mgr=holds, session_id="open")
    monkeypatch.setattr(uploads, "get_script_run_ctx", lambda: context)
    monkeypatch.setattr(uploads, "_gone_since", {})
    for session in ("open", "closed"):
        for number in range(2):
            holds.add_file(session, UploadedFileRec(f"{session}{number}", "a.jpg", "image/jpeg", b"photo"))
    return holds


def held(manager: MemoryUploadedFileManager) -> set[str]:
    return {name for files in manager.file_storage.values() for name in files}


def test_what_is_on_disk_is_given_back(manager: MemoryUploadedFileManager) -> None:
    record = manager.get_files("open", ["open1"])[0]
    upload = UploadedFile(record, FileURLs())
    uploads.give_back([upload])
    assert held(manager) == {"open0", "closed0", "closed1"}
    assert upload.closed


def test_uploads_of_a_closed_page_go_after_a_while(
    manager: MemoryUploadedFileManager, monkeypatch: pytest.MonkeyPatch
) -> None:
    now_s = [100.0]
    monkeypatch.setattr(uploads.time, "monotonic", lambda: now_s[0])
    uploads.give_back_of_closed_pages()
    now_s[0] += uploads.GONE_AFTER_S - 1
    uploads.give_back_of_closed_pages()
    assert len(held(manager)) == 4
    now_s[0] += 1
    uploads.give_back_of_closed_pages()
    assert held(manager) == {"open0", "open1"}


def test_erasing_takes_all_of_them(manager: MemoryUploadedFileManager) -> None:
    uploads.give_back_everything()
    assert held(manager) == set()
