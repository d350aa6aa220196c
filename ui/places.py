"""The pages of the lab by the files that draw them.

Their folder is not called `pages`: Streamlit (1.67) takes a folder of that name beside app.py for its older kind of
page and, where the first visitor of a fresh server asks for one by its address, opens it without app.py.
"""

from __future__ import annotations

from pathlib import Path

ICON = Path(__file__).with_name("icon.svg")

START = "screens/start.py"
PHOTOS = "screens/dataset.py"
TRAIN = "screens/train.py"
TEST = "screens/test.py"
