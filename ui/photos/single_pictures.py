"""Pictures taken one at a time with Streamlit's own camera, where the live one of the cards does not run."""

from __future__ import annotations

import io

import streamlit as st
from PIL import Image

from core.data.decode import decode
from core.data.takes import TAKES, Takes
from core.errors import PhotoError
from core.live.recording import placed_badly
from ui import server, state, uploads
from ui.state import Widget
from ui.text import escape
from ui.text import webcam as words

# Of the eight pictures these are the first place; the others are the second.
SHOTS_HERE = 5
LONGEST_SIDE_PX = 1280


def take(takes: Takes, *, may_use_camera: bool) -> str | None:
    """Ask for the next picture of whoever agreed: with the camera, or from a file, which phones offer to take.

    Args:
        may_use_camera: whether the browser gives this page a camera at all.

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
        shot = st.camera_input(words.shot(taken), key=key, label_visibility="collapsed") if may_use_camera else None
        chosen = st.file_uploader(words.CHOOSE_SHOT, type=["jpg", "jpeg", "png", "webp"], key=f"{key}-file")
    brought = shot or chosen
    if brought is None:
        return None
    data = brought.getvalue()
    uploads.give_back([brought])
    state.count_up(state.UPLOADS)
    try:
        return keep(takes, number, taken, as_webcam(data))
    except PhotoError as error:
        return words.no_picture(str(error))


def as_webcam(data: bytes) -> bytes:
    """Return a photo of any kind as a JPEG of a webcam's size.

    Raises:
        PhotoError: it cannot be decoded.
    """
    made = io.BytesIO()
    Image.fromarray(decode(data, max_side_px=LONGEST_SIDE_PX).rgb).save(made, "JPEG", quality=90)
    return made.getvalue()


def keep(takes: Takes, number: int, taken: int, jpeg: bytes) -> str:
    """Keep a picture as the next one of a person; say what is wrong with it, "" where it was kept.

    Args:
        taken: how many of this person there are.
    """
    if hint := placed_badly(server.live().look(jpeg).faces):
        return words.NO_FACE_IN_SHOT.format(hint=words.HINTS[hint].lower())
    takes.keep(number, 1 if taken < SHOTS_HERE else TAKES, jpeg)
    return ""
