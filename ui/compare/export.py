"""The button that packs a whole comparison for taking along."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory

import streamlit as st
from pathvalidate import sanitize_filename

from core.sweeps import takealong
from core.sweeps.sweep import Sweep
from ui.state import Widget
from ui.text import compare as words


def offer(sweep: Sweep) -> None:
    """Draw the download of a comparison as a zip, packed when it is asked for."""

    def pack() -> bytes:
        with TemporaryDirectory(prefix="vggface-lab-") as folder:
            return takealong.pack_sweep(sweep, Path(folder) / "comparison.zip").read_bytes()

    st.download_button(
        words.TAKE_ALONG,
        pack,
        file_name=f"{sanitize_filename(sweep.name, '-') or sweep.id}.zip",
        mime="application/zip",
        key=Widget.COMPARISON.of("take", sweep.id),
        on_click="ignore",
        icon=":material/download:",
        help=words.TAKE_ALONG_HOW,
    )
