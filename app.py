"""The lab in the browser: `streamlit run app.py`."""

from ui import feedback, places

with feedback.sentences():
    places.run()
