"""The pages of the lab by the files that draw them, and the way into them."""

from __future__ import annotations

from pathlib import Path

import streamlit as st
from streamlit.navigation.page import StreamlitPage

from ui import comparewords, server, state, words

ICON = Path(__file__).with_name("icon.svg")

START = "pages/start.py"
PHOTOS = "pages/dataset.py"
TRAIN = "pages/train.py"
TEST = "pages/test.py"
COMPARE = "pages/compare.py"
LIBRARY = "pages/library.py"


def run() -> None:
    """Draw the way between the pages, and the page that was asked for."""
    page = _open()
    state.ENTERED.set(True)
    try:
        page.run()
    finally:
        state.ENTERED.set(False)


def enter() -> None:
    """Make sure that the lab is around the page; every page calls this first.

    A fresh Streamlit (1.67) takes a folder called `pages` for its older kind of page until the first `st.navigation`:
    the first visitor who asks for a page by its address gets that file alone, without app.py around it.
    """
    if not state.ENTERED.get():
        _open()
        # Drawn like that, the page's widgets would have other names than from the next run on, and lose what was typed.
        st.rerun()


def _open() -> StreamlitPage:
    st.set_page_config(page_title=words.LAB, page_icon=ICON, layout="wide")
    server.workers()
    # Addresses are the names of the files, as the older kind of page has them.
    pages = [
        st.Page(START, title=words.START, icon=":material/home:", default=True),
        st.Page(PHOTOS, title=words.PHOTOS, icon=":material/photo_library:"),
        st.Page(TRAIN, title=words.TRAIN, icon=":material/model_training:"),
        st.Page(TEST, title=words.TEST, icon=":material/fact_check:"),
        st.Page(COMPARE, title=comparewords.COMPARE, icon=":material/compare_arrows:"),
        st.Page(LIBRARY, title=words.LIBRARY, icon=":material/experiment:"),
    ]
    return st.navigation(pages, position="top")
