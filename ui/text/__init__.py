"""Every sentence a user reads: a file a page, `common` for those that several say. Draws nothing.

For a 14-year-old: under 20 words, the plain word first, the field's word in brackets. Functions fill in numbers and
names; names come in as text (`escape.plain`) where Streamlit reads markdown. `amounts` says numbers, `runs` a run.
"""
