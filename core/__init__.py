"""The lab without a browser: from photos of people to a tested classifier. Knows nothing of Streamlit."""
