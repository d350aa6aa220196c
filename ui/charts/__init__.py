"""Numbers to figures: curves in ECharts, the confusion matrix and what is exported in plotly, and their colours.

May import `ui.text`; only `on_page` draws with Streamlit. The chart of a sweep: `ui.components.sweep_chart`.
"""
