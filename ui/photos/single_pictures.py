"""Pictures taken one at a time with Streamlit's own camera, where the live one of the cards does not run."""

from __future__ import annotations

import streamlit as st

from core.data.takes import TAKES, Takes
from core.errors import LabError
from core.live.messages import Look, Refused, Seen
from core.live.recording import placed_badly
from ui import server, state, uploads
from ui.state import Widget
from ui.text import escape
from ui.text import webcam as words

# Of the eight pictures these are the first place; the others are the second.
SHOTS_HERE = 5


def take(takes: Takes) -> str | None:
    """Ask for the next picture of whoever agreed.

    Returns:
        What is wrong with the picture just taken, "" where it was kept; None where none was taken.
    """
    with st.expander(words.SINGLE):
        st.markdown(words.SINGLE_HOW)
        agreed = {each.number: escape.plain(each.name) for each in takes.sitters() if each.name and each.agrees}
        if not agreed:
            st.caption(words.NO_NAMES)
            return None
        number = st.radio(words.WHO, list(agreed), format_func=agreed.__getitem__, key=Widget.SHOT_OF, horizontal=True)
        taken = sum(takes.count(number))
        if taken >= len(words.SHOTS):
            st.markdown(words.SHOTS_DONE)
            return None
        st.markdown(f"**{words.shot(taken)}**")
        key = Widget.SHOT.of(number, taken, state.UPLOADS.get())
        shot = st.camera_input(words.shot(taken), key=key, label_visibility="collapsed")
    if shot is None:
        return None
    jpeg = shot.getvalue()
    uploads.give_back([shot])
    state.count_up(state.UPLOADS)
    return keep(takes, number, taken, jpeg)


def keep(takes: Takes, number: int, taken: int, jpeg: bytes) -> str:
    """Keep a picture as the next one of a person; say what is wrong with it, "" where it was kept.

    Args:
        taken: how many of this person there are.
    """
    seen = server.live().ask(Look(jpeg))
    if isinstance(seen, Refused):
        raise LabError(seen.sentence)
    hint = placed_badly(seen.faces) if isinstance(seen, Seen) else None
    if hint:
        return words.NO_FACE_IN_SHOT.format(hint=words.HINTS[hint].lower())
    takes.keep(number, 1 if taken < SHOTS_HERE else TAKES, jpeg)
    return ""
