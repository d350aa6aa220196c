"""Errors a user can mend, shown once as a sentence; everything else is a bug and keeps its traceback."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import streamlit as st

from core.errors import LabError, from_system
from ui.text import escape


@contextmanager
def sentences() -> Iterator[None]:
    """Show a LabError raised inside, or what the computer refused, as one red sentence, and go on behind the block."""
    try:
        yield
    except LabError as error:
        show_error(str(error))
    except (OSError, MemoryError) as error:
        trouble = from_system(error)
        if trouble is None:
            raise
        show_error(str(trouble))


def show_error(sentence: str) -> None:
    """Show an error's sentence; it may hold names from users, so it is text."""
    st.error(escape.plain(sentence), icon=":material/error:")
