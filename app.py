"""The lab in the browser: `streamlit run app.py`."""

import streamlit as st

from ui import feedback, places, server, words

st.set_page_config(page_title=words.LAB, page_icon=places.ICON, layout="wide")
server.workers()
pages = [
    st.Page(places.START, title=words.START, icon=":material/home:", default=True),
    st.Page(places.PHOTOS, title=words.PHOTOS, icon=":material/photo_library:", url_path="photos"),
    st.Page(places.TRAIN, title=words.TRAIN, icon=":material/model_training:", url_path="train"),
    st.Page(places.TEST, title=words.TEST, icon=":material/fact_check:", url_path="test"),
]
with feedback.sentences():
    st.navigation(pages, position="top").run()
