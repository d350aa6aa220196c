"""The pages of the lab by the files that draw them."""

from __future__ import annotations

from pathlib import Path

ICON = Path(__file__).with_name("icon.svg")

START = "pages/start.py"
PHOTOS = "pages/dataset.py"
TRAIN = "pages/train.py"
TEST = "pages/test.py"
