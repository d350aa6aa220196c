"""The lab in the browser: `streamlit run app.py`."""

from ui import navigation, page

with page.errors_as_sentences():
    navigation.run()
