"""Photos that lie in no folders of people: who their names or a table say they are, and whether that is right."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path, PurePosixPath

import streamlit as st

from core.data import read
from core.data.labels import FoundLabels, PeopleFrom
from core.data.layout import folders_name_people
from core.data.uploads import Upload
from core.errors import LabError
from ui import state
from ui.state import Widget
from ui.text import escape
from ui.text import photos as words


def of_draft(draft: Upload) -> FoundLabels | None:
    """Find out what says who is on uploaded photos where their folders do not; None where there is nothing to ask."""
    piles = draft.piles()
    if not piles:
        return None
    # Without opening anything, where folders say it.
    paths = [PurePosixPath(name).parts for pile in piles for name in pile.names]
    return None if folders_name_people(paths) else of_source(draft.packed)


def of_source(source: Callable[[], Path]) -> FoundLabels | None:
    """Find out the same for a folder or zip; one that cannot be used is told by the search for faces."""
    try:
        return read.find_labels(source())
    except LabError:
        return None


def asks(found: FoundLabels | None, source: str) -> bool:
    """Tell whether there is a question that nobody has answered with no."""
    return found is not None and source not in state.OTHER_PEOPLE.get()


def ask(found: FoundLabels | None, source: str) -> PeopleFrom | None:
    """Draw the question, or the button of the search where there is none.

    Args:
        found: who the photos say they are; None asks nothing.
        source: tells apart what is asked about.

    Returns:
        What was answered with a click just now; None while nobody clicked.
    """
    if found and asks(found, source):
        with st.container(border=True):
            st.markdown(words.is_this_right(escape.plain(found.counts(12))))
            st.caption(words.said_by(escape.plain(found.table)))
            with st.container(horizontal=True):
                yes = st.button(words.YES_FIND, key=Widget.FIND_FACES, type="primary")
                st.button(words.NO, key=Widget.OTHER_PEOPLE, on_click=_not_these, args=(source,))
        return found.way if yes else None
    if found:
        st.info(words.THEN_FOLDERS, icon=":material/folder:")
    return "folders" if st.button(words.FIND_FACES, key=Widget.FIND_FACES, type="primary") else None


def _not_these(source: str) -> None:
    state.OTHER_PEOPLE.set(state.OTHER_PEOPLE.get() | {source})
