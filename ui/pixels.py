"""One face as the network sees it: so small, its points so large that they can be counted."""

from __future__ import annotations

import base64
import io

import streamlit as st
from PIL import Image

from core.photos import arrays
from core.photos.dataset import Dataset
from core.workspace import Workspace
from ui import words


def face(workspace: Workspace, dataset: Dataset, side_px: int) -> None:
    """Draw a practice face at the size the network gets it, enlarged without smoothing; nothing where it is gone."""
    seen_rgb = arrays.one_face(dataset, workspace, side_px)
    if seen_rgb is None:
        return
    data = io.BytesIO()
    Image.fromarray(seen_rgb).save(data, "PNG")
    address = "data:image/png;base64," + base64.b64encode(data.getvalue()).decode("ascii")
    st.html(
        f'<figure class="lab-pixels"><img src="{address}" alt="{words.one_face(side_px)}">'
        f"<figcaption>{words.ALL_IT_SEES}</figcaption></figure>"
    )
