"""Person cards: type a name, drop photos, "+ person". What was dropped is on disk at once."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from core.data.uploads import Upload
from ui import state
from ui.state import Widget
from ui.text import amounts, common
from ui.text import photos as words


def cards(draft: Upload, people: Sequence[str]) -> None:
    """Draw the cards; `people` are those who are there already, offered as names."""
    numbers = [pile.number for pile in draft.piles()]
    shown = sorted({*numbers, *range(1, state.CARDS.get() + 1)})
    with st.grid(min_column_width=260):
        for number in shown:
            with st.container(border=True):
                _card(draft, number, people)
    if st.button(words.ANOTHER_PERSON, key=Widget.ANOTHER_PERSON):
        state.CARDS.set(max(shown) + 1)
        st.rerun()


def ready(draft: Upload) -> str:
    """Return what is still missing, as a sentence; nothing where the cards can go on."""
    piles = [pile for pile in draft.piles() if pile.names]
    if not piles:
        return words.NO_SOURCE_PEOPLE
    return "" if all(pile.person for pile in piles) else words.NAMELESS


def _card(draft: Upload, number: int, people: Sequence[str]) -> None:
    pile = draft.pile(number)
    key = f"{Widget.CARD_NAME}-{number}"
    if people:
        options = [*people, *([pile.person] if pile.person and pile.person not in people else [])]
        typed = st.selectbox(
            words.NAME_OF,
            options,
            index=options.index(pile.person) if pile.person else None,
            placeholder=words.NAME,
            accept_new_options=True,
            key=key,
        )
    else:
        typed = st.text_input(words.NAME_OF, pile.person, placeholder=words.NAME, key=key, max_chars=60)
    name = " ".join((typed or "").split())
    if name != pile.person:
        draft.set_person(number, name)
    uploads = st.file_uploader(
        words.PHOTOS_OF_PERSON,
        accept_multiple_files=True,
        key=f"{Widget.CARD}-{number}-{state.UPLOADS.get()}",
        label_visibility="collapsed",
    )
    if uploads:
        draft.add(number, [(upload.name, upload) for upload in uploads])
        # New, empty widgets: the old one's photos leave the memory with it.
        state.UPLOADS.set(state.UPLOADS.get() + 1)
        st.rerun()
    if pile.names:
        with st.container(horizontal=True, vertical_alignment="center"):
            st.markdown(f"**{amounts.count(len(pile.names), common.PHOTO)}**")
            st.button(
                words.REMOVE,
                key=f"{Widget.CARD_REMOVE}-{number}",
                type="tertiary",
                icon=":material/delete:",
                on_click=draft.drop,
                args=(number,),
            )
