"""The button that gives an experiment or a comparison another name."""

from __future__ import annotations

import zlib

import streamlit as st

from core.jobfolder import LONGEST_NAME, JobFolder
from ui import page
from ui.state import Widget
from ui.text import experiments as words


def button(job: JobFolder, name: str) -> None:
    """Draw it; the page is drawn anew with the new name.

    Args:
        name: as it is now; empty where it has none.
    """
    # A new name makes it another popover, which is closed.
    with (
        st.popover(words.RENAME, key=f"{Widget.RENAME}-{job.id}-{zlib.crc32(name.encode())}"),
        st.form(f"{Widget.RENAME}-form-{job.id}", border=False),
    ):
        new = st.text_input(words.RENAME_AS, name, max_chars=LONGEST_NAME, key=f"{Widget.RENAME_AS}-{job.id}")
        if st.form_submit_button(words.RENAME_SAVE, type="primary", key=f"{Widget.RENAME_SAVE}-{job.id}"):
            with page.errors_as_sentences():
                job.rename(new)
                st.rerun()
