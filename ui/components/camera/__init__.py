"""The camera of the browser: pictures come over the page's own connection, one at a time, and an answer goes back.

camera.js opens it; capture.js draws the cards of the people who are recorded, live.js the picture with its names. Call
both inside a fragment: each picture reruns it.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import streamlit as st

_HERE = Path(__file__).parent


def _component(name: str) -> Callable[..., Any]:
    script = [(_HERE / file).read_text(encoding="utf-8") for file in ("camera.js", f"{name}.js")]
    return st.components.v2.component(
        f"lab_{name}",
        html=f'<div class="{name}"></div>',
        css=(_HERE / "camera.css").read_text(encoding="utf-8"),
        js="\n".join(script),
    )


_capture, _live = _component("capture"), _component("live")

Heard = Callable[[Any], object]


def capture(
    data: Mapping[str, Any], key: str, *, on_picture: Heard, on_who: Heard, on_again: Heard, on_trouble: Heard
) -> None:
    """Draw the cards of the people who are recorded.

    Args:
        data: what capture.js draws; its `answer` names the picture it is the answer to.
        on_picture: called with each picture before the fragment runs: `n`, `jpeg` (see `jpeg_of`), `who` (as below),
            and `record`, whose card and which take it is for.
        on_who: called with the number, name and consent of each card, when one changes.
        on_again: called with the number of a person whose pictures are to be made again.
        on_trouble: called with what is wrong with the camera, one of `ui.text.webcam.TROUBLES`; "" once it runs.
    """
    heard = {"picture": on_picture, "who": on_who, "again": on_again, "trouble": on_trouble}
    _capture(key=key, data=data, **_callbacks(key, heard))


def live(data: Mapping[str, Any], key: str, *, on_picture: Heard) -> None:
    """Draw the live picture.

    Args:
        data: what live.js draws; its `answer` names the picture it is the answer to.
        on_picture: called with each picture before the fragment runs: `n`, `jpeg`, `trick`, `truth`, and `why` where
            the answer is to be explained.
    """
    _live(key=key, data=data, **_callbacks(key, {"picture": on_picture}))


def _callbacks(key: str, heard: Mapping[str, Heard]) -> dict[str, Callable[[], None]]:
    def call(name: str) -> None:
        value = st.session_state[key].get(name)
        if value is not None:
            heard[name](value)

    return {f"on_{name}_change": lambda name=name: call(name) for name in heard}


def jpeg_of(picture: Mapping[str, Any]) -> bytes:
    """Return the file of a picture; empty where the browser sent something else."""
    try:
        return base64.b64decode(picture["jpeg"], validate=True)
    except (KeyError, TypeError, ValueError, binascii.Error):
        return b""
