"""What every page has: its head and styles, errors as sentences, pages of long lists, the button to what is missing."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import streamlit as st

from core.errors import LabError, from_system
from ui.state import Widget
from ui.text import common, escape

_STYLES = Path(__file__).with_name("page.css")


def head(title: str, sentence: str = "") -> None:
    """Begin a page: a title and one sentence."""
    styles()
    st.title(title, anchor=False)
    if sentence:
        st.markdown(sentence)


def styles() -> None:
    """Give a page its styles. `head` does so too; pages whose title is live call this instead."""
    st.html(_STYLES)
    # Streamlit has no option for what it writes on its uploads.
    largest = common.largest_upload(st.get_option("server.maxUploadSize"))
    st.html(f"<style>:root {{ --lab-largest: '{largest}'; --lab-folder: '{common.CHOOSE_FOLDER}'; }}</style>")


def missing(what: str, button: str, page: str, **query: str) -> None:
    """Say that it is too early for this page, with the button that leads to what is missing."""
    st.info(what, icon=":material/info:")
    if st.button(button, key=Widget.MISSING, type="primary"):
        st.switch_page(page, query_params=query or None)


@contextmanager
def errors_as_sentences(tell: Callable[[str], object] | None = None) -> Iterator[None]:
    """Show a LabError raised inside, or what the computer refused, as one red sentence, and go on behind the block.

    Everything else is a bug and keeps its traceback.

    Args:
        tell: takes the sentence instead, where nothing can be drawn yet, as before a page runs.
    """
    tell = tell or show_error
    try:
        yield
    except LabError as error:
        tell(str(error))
    except (OSError, MemoryError) as error:
        refused = from_system(error)
        if refused is None:
            raise
        tell(str(refused))


def show_error(sentence: str) -> None:
    """Show an error's sentence. It may hold names from users, so it is escaped."""
    st.error(escape.plain(sentence), icon=":material/error:")


def paginate(n: int, a_page: int, key: str) -> slice:
    """Draw page numbers where `n` entries need several pages; return the slice of the page that is open."""
    pages = -(-n // a_page)
    number = st.pagination(pages, key=key) if pages > 1 else 1
    return slice((number - 1) * a_page, min(number * a_page, n))
