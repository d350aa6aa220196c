"""The look that all pages share: their head, and the button to what is missing."""

from __future__ import annotations

from pathlib import Path

import streamlit as st

from ui import state
from ui.text import common

_STYLES = Path(__file__).with_name("look.css")


def head(title: str, sentence: str = "") -> None:
    """Begin a page: a title and one sentence."""
    styles()
    st.title(title, anchor=False)
    if sentence:
        st.markdown(sentence)


def styles() -> None:
    """Return a page its styles; `head` does it, a page whose title is live does it by itself."""
    st.html(_STYLES)
    # What Streamlit writes on its uploads cannot be said otherwise.
    largest = common.largest_upload(st.get_option("server.maxUploadSize"))
    st.html(f"<style>:root {{ --lab-largest: '{largest}'; --lab-folder: '{common.CHOOSE_FOLDER}'; }}</style>")


def missing(what: str, button: str, page: str, **query: str) -> None:
    """Say that it is too early for this page, with the button that leads to what is missing."""
    st.info(what, icon=":material/info:")
    if st.button(button, key=state.Widget.MISSING, type="primary"):
        st.switch_page(page, query_params=query or None)
