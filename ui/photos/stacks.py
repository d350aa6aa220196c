"""Step 3, the split: three coloured stacks of faces, what their numbers allow, and what was kept together."""

from __future__ import annotations

from collections import Counter

import streamlit as st

from core.config import SPLITS, Split
from core.data import review
from core.data.dataset import Dataset, Item
from core.workspace import Workspace
from ui import state
from ui.charts import colours
from ui.components import faces
from ui.text import amounts, common, escape
from ui.text import photos as words

PEOPLE_A_PAGE = 12
GROUPS_A_PAGE = 10
FACES_OF_A_GROUP = 12
CHECK_CLASS = ' class="lab-to-check"'
STACK_HEIGHT: dict[Split, int] = {"train": 7, "validation": 3, "test": 4}


def stacks(workspace: Workspace, dataset: Dataset) -> None:
    """Draw practice, mock exam and final exam as three stacks of faces, a row a person."""
    piles: dict[tuple[str | None, Split], list[Item]] = {}
    for item in dataset.items:
        piles.setdefault((item.person, item.split), []).append(item)
    rows: list[str | None] = [*dataset.people]
    if any(person is None for person, _ in piles):
        rows.append(None)
    first = page_start(len(rows), PEOPLE_A_PAGE, state.Widget.PEOPLE_PAGE)
    parts = ['<span class="lab-corner"></span>', *(_head(split, dataset) for split in SPLITS)]
    for label, person in enumerate(rows[first : first + PEOPLE_A_PAGE], start=first):
        parts.append(row_name(label, person))
        parts.extend(_stack(workspace, dataset, piles.get((person, split), []), split) for split in SPLITS)
    st.html(f'<div class="lab-stacks">{"".join(parts)}</div>')


def who_waits(dataset: Dataset) -> None:
    """Say who cannot take part yet; nothing where everybody can."""
    if dataset.waiting:
        people = ", ".join(escape.plain(person) for person in dataset.waiting)
        st.warning(words.not_in_yet(people, len(dataset.waiting)), icon=":material/person_off:")


def page_start(rows: int, a_page: int, key: str) -> int:
    """Draw the way through pages where there are several; give the first row to show."""
    pages = -(-rows // a_page)
    return (st.pagination(pages, key=key) - 1) * a_page if pages > 1 else 0


def row_name(label: int, person: str | None) -> str:
    """Return a person's name as HTML, in the person's colour."""
    if person is None:
        return f'<div class="lab-row-name lab-soft">{words.WITHOUT_NAME}</div>'
    colour, name = colours.person_colour(label), escape.as_html(person)
    return f'<div class="lab-row-name lab-ellipsis" title="{name}" style="--lab-colour:{colour}">{name}</div>'


def what_they_allow(dataset: Dataset) -> None:
    """Say in a sentence what the numbers of photos allow, and warn where they are very unequal."""
    balance = review.class_balance(dataset)
    if balance is None:
        return
    (fewest, n_fewest), (most, n_most) = balance.fewest, balance.most
    exam = Counter(item.person for item in dataset.of("test"))
    st.markdown(words.allows(escape.plain(fewest), n_fewest, min(exam[person] for person in dataset.people)))
    if balance.unequal:
        said = words.unequal(escape.plain(most), n_most, escape.plain(fewest), n_fewest)
        st.warning(said, icon=":material/balance:")


def _head(split: Split, dataset: Dataset) -> str:
    count = amounts.count(dataset.counts().get(split, 0), common.PHOTO)
    colour = colours.SPLIT_COLOURS[split]
    return (
        f'<div class="lab-stacks-head" style="--lab-colour:{colour}">{common.SPLITS[split]}<span>{count}</span></div>'
    )


def _stack(workspace: Workspace, dataset: Dataset, items: list[Item], split: Split) -> str:
    pictures = "".join(picture(workspace, dataset, item) for item in items[: STACK_HEIGHT[split]])
    colour = colours.SPLIT_COLOURS[split]
    return (
        f'<div class="lab-stack lab-stack-{split}" style="--lab-colour:{colour}">'
        f"{pictures}<span>{len(items)}</span></div>"
    )


def picture(workspace: Workspace, dataset: Dataset, item: Item, *, to_check: bool = False) -> str:
    """Return an item's face as HTML; `to_check` marks one that needs a look."""
    name, source = escape.as_html(item.name), faces.face_of(workspace, dataset, item.sha256, item.face)
    if to_check:
        name = f"{name}: {words.TO_CHECK}"
    return f'<img{CHECK_CLASS if to_check else ""} src="{source}" alt="{name}" title="{name}">'
