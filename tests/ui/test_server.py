"""How the server is set up, for a whole class at once."""

from __future__ import annotations

import tomllib
from pathlib import Path

from streamlit import config

ROOT = Path(__file__).resolve().parents[2]


def test_no_click_looks_through_all_objects_of_the_server() -> None:
    # Streamlit's default holds up every session for 0.12 s after each script and each look at a live part.
    settings = tomllib.loads((ROOT / ".streamlit" / "config.toml").read_text(encoding="utf-8"))
    assert settings["runner"]["postScriptGC"] is False
    # Another Streamlit may call it something else, and would pass over it without a word.
    assert "postScriptGC" in config.get_options_for_section("runner")
