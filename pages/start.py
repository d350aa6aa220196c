"""The first five seconds: one question, one button."""

import streamlit as st

from core import runs
from core.photos import dataset as datasets
from ui import look, overview, places, server, words
from ui.state import Widget

places.enter()
workspace = server.workspace()
found = datasets.list_datasets(workspace)
look.head(overview.question(found), words.ANSWER_IT)
overview.lineup(workspace, found)
with st.container(horizontal=True):
    going_on = overview.go_on(runs.list_runs(workspace))
    if st.button(words.OWN_PHOTOS, key=Widget.OWN_PHOTOS, type="secondary" if going_on else "primary"):
        st.switch_page(places.PHOTOS)
st.markdown(words.STAYS_HERE)
overview.steps()
