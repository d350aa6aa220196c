"""The pages of the lab, by the files that draw them, and how a visitor gets into them."""

from __future__ import annotations

from pathlib import Path

import streamlit as st
from streamlit.navigation.page import StreamlitPage

from ui import job_progress, server, state, uploads
from ui.text import common
from ui.text import compare as compare_words

ICON = Path(__file__).with_name("icon.svg")

START = "pages/start.py"
PHOTOS = "pages/dataset.py"
TRAIN = "pages/train.py"
TEST = "pages/test.py"
COMPARE = "pages/compare.py"
LIBRARY = "pages/library.py"


def run() -> None:
    """Draw the navigation, and the page that was asked for."""
    asked_for = _open()
    state.ENTERED.set(True)
    state.DRAWN.set(True)
    try:
        job_progress.troubles()
        asked_for.run()
    finally:
        state.ENTERED.set(False)


def enter() -> None:
    """Make sure that the lab's frame is around the page; every page calls this first.

    A fresh Streamlit (1.67) takes a folder called `pages` for its older kind of page until the first `st.navigation`:
    the first visitor who asks for a page by its address gets that file alone, without app.py around it.
    """
    if not state.ENTERED.get():
        _open()
        # Without this, widgets would have other ids than from the next run on, and lose what was typed.
        st.rerun()


def _open() -> StreamlitPage:
    st.set_page_config(page_title=common.LAB, page_icon=ICON, layout="wide")
    server.workers()
    uploads.give_back_of_closed_pages()
    # Addresses are the names of the files, as the older kind of page has them.
    pages = [
        st.Page(START, title=common.START, icon=":material/home:", default=True),
        st.Page(PHOTOS, title=common.PHOTOS, icon=":material/photo_library:"),
        st.Page(TRAIN, title=common.TRAIN, icon=":material/model_training:"),
        st.Page(TEST, title=common.TEST, icon=":material/fact_check:"),
        st.Page(COMPARE, title=compare_words.COMPARE, icon=":material/compare_arrows:"),
        st.Page(LIBRARY, title=common.LIBRARY, icon=":material/experiment:"),
    ]
    return st.navigation(pages, position="top")
