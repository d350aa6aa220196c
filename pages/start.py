"""The first five seconds: one question, one button."""

import streamlit as st

from core.data import versions
from ui import navigation, page, server
from ui.start import overview
from ui.text import common

navigation.enter()
workspace = server.workspace()
found = [dataset for dataset in versions.list_datasets(workspace) if dataset.is_trainable]
last = overview.newest(workspace)
page.head(overview.question(found), overview.answer(found))
overview.lineup(workspace, found)
with st.container(horizontal=True):
    overview.ways_in(workspace, last, found)
st.markdown(common.STAYS_HERE)
overview.steps(last, found)
