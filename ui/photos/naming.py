"""Who is on the photos: cards to fill in person by person, or a question about what file names or a table say."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Sequence
from pathlib import Path, PurePosixPath

import streamlit as st

from core.config import MAX_PEOPLE
from core.data import read
from core.data.labels import FoundLabels, PeopleFrom
from core.data.layout import arrange, folders_name_people
from core.data.uploads import Upload
from core.errors import LabError
from ui import page, state, uploads
from ui.state import Widget
from ui.text import amounts, common, escape
from ui.text import photos as words


def cards(draft: Upload, people: Sequence[str]) -> None:
    """Draw a card for each person; `people` are already known and offered as names."""
    numbers = [pile.number for pile in draft.piles()]
    shown = sorted({*numbers, *range(1, state.PERSON_CARDS.get() + 1)})
    with st.grid(min_column_width=260):
        for number in shown:
            with st.container(border=True):
                _card(draft, number, people)
    if st.button(words.ANOTHER_PERSON, key=Widget.ANOTHER_PERSON):
        state.PERSON_CARDS.set(max(shown) + 1)
        st.rerun()


def ready(draft: Upload) -> str:
    """Return what is still missing, as a sentence; empty where nothing is."""
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
    brought = st.file_uploader(
        words.PHOTOS_OF_PERSON,
        accept_multiple_files=True,
        key=f"{Widget.CARD}-{number}-{state.UPLOADS.get()}",
        label_visibility="collapsed",
    )
    if brought:
        with page.errors_as_sentences():
            draft.add(number, [(upload.name, upload) for upload in brought], unpack=True)
            uploads.give_back(brought)
            state.count_up(state.UPLOADS)
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


def of_draft(draft: Upload) -> FoundLabels | None:
    """Return who is on uploaded photos by a table or file names; None where their folders say it, or nothing does."""
    piles = draft.piles()
    if not piles:
        return None
    # Without opening anything, where folders say it.
    paths = [PurePosixPath(name).parts for pile in piles for name in pile.names]
    return None if folders_name_people(paths) else of_source(draft.packed)


def of_source(source: Callable[[], Path]) -> FoundLabels | None:
    """Return the same for a folder or zip; None also for an unreadable one, which the search for faces reports."""
    try:
        return read.find_labels(source())
    except LabError:
        return None


def people_of_draft(draft: Upload, found: FoundLabels | None) -> Counter[str]:
    """Return how many uploaded photos show whom; nobody where that is not known.

    Args:
        found: what `of_draft` found.
    """
    piles = draft.piles()
    if found or not piles:
        return Counter(found.people if found else ())
    paths = [PurePosixPath(name).parts for pile in piles for name in pile.names]
    if folders_name_people(paths):
        return Counter(place.person for place in arrange(paths) if place.person and not place.reason)
    return Counter({pile.person: len(pile.names) for pile in piles if pile.person}) or people_of(draft.packed)


def people_of(source: Callable[[], Path]) -> Counter[str]:
    """Return the same for a folder or zip whose folders name people."""
    try:
        return read.count_people(source())
    except LabError:
        return Counter()


def leave_out(counts: Counter[str], known: Collection[str], source: str) -> list[str] | None:
    """Ask whom to leave out where there are more people than can be learned, those with the fewest photos at first.

    Args:
        counts: photos of each person, by name.
        known: people whose photos are here already.
        source: tells apart what is asked about.

    Returns:
        Their names; None while too many are left.
    """
    too_many = len({*counts, *known}) - MAX_PEOPLE
    if too_many <= 0:
        return []
    fewest_first = sorted(set(counts) - set(known), key=lambda person: (counts[person], person))
    st.warning(words.too_many_people(len({*counts, *known}), MAX_PEOPLE), icon=":material/group_off:")
    key = f"{Widget.LEAVE_PEOPLE_OUT}-{source}"
    out = st.multiselect(words.WHOM_TO_LEAVE_OUT, sorted(fewest_first), fewest_first[:too_many], key=key)
    return out if len(out) >= too_many else None


def asks(found: FoundLabels | None, source: str) -> bool:
    """Tell whether there is a question that was not answered with no."""
    return found is not None and source not in state.OTHER_PEOPLE.get()


def ask(found: FoundLabels | None, source: str) -> PeopleFrom | None:
    """Draw the question, or the button of the search where there is none.

    Args:
        found: who the photos say they are; None asks nothing.
        source: tells apart what is asked about.

    Returns:
        What was answered with a click just now; None while nobody clicked.
    """
    if found and asks(found, source):
        with st.container(border=True):
            st.markdown(words.is_this_right(escape.plain(found.counts(12))))
            st.caption(words.said_by(escape.plain(found.table)))
            with st.container(horizontal=True):
                yes = st.button(words.YES_FIND, key=Widget.FIND_FACES, type="primary")
                st.button(words.NO, key=Widget.OTHER_PEOPLE, on_click=_not_these, args=(source,))
        return found.way if yes else None
    if found:
        st.info(words.THEN_FOLDERS, icon=":material/folder:")
    return "folders" if st.button(words.FIND_FACES, key=Widget.FIND_FACES, type="primary") else None


def _not_these(source: str) -> None:
    state.OTHER_PEOPLE.set(state.OTHER_PEOPLE.get() | {source})
