"""Step 3, the split: three stacks of faces, how large they are, what was kept together, and the way to training."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from core.config import SPLITS, Split
from core.data import edits
from core.data.dataset import Dataset, Item
from core.data.review import class_balance, photo_groups
from core.errors import LabError
from core.workspace import Workspace
from ui import dataset_choice, navigation, page, state
from ui.charts import colours
from ui.components import faces
from ui.photos import decision_map, editing, review, steps
from ui.state import Widget
from ui.text import amounts, common, escape
from ui.text import photos as words
from ui.train import settings

PEOPLE_A_PAGE = 12
GROUPS_A_PAGE = 10
FACES_OF_A_GROUP = 12
STACK_HEIGHT: dict[Split, int] = {"train": 7, "validation": 3, "test": 4}


def show(workspace: Workspace, found: Sequence[Dataset], dataset: Dataset) -> None:
    """Draw the split of a data set, with the way on to training."""
    page.head(words.STACKS, words.STACKS_WHY)
    dataset_choice.pick(found, dataset, words.PHOTOS_OF, Widget.PHOTOS_OF)
    review.show_warnings(dataset)
    if dataset.is_trainable:
        _what_they_allow(dataset)
    else:
        st.warning(words.NOT_ENOUGH, icon=":material/info:")
    _ways_on(dataset)
    _stacks(workspace, dataset)
    _groups(workspace, dataset)
    _fractions(workspace, dataset)
    decision_map.show(dataset)


def _what_they_allow(dataset: Dataset) -> None:
    """Say in a sentence what the numbers of photos allow, and warn where they are very unequal."""
    balance = class_balance(dataset)
    if balance is None:
        return
    (fewest, n_fewest), (most, n_most) = balance.fewest, balance.most
    n_test = Counter(item.person for item in dataset.of("test"))
    st.markdown(words.allows(escape.plain(fewest), n_fewest, min(n_test[person] for person in dataset.people)))
    if balance.unequal:
        said = words.unequal(escape.plain(most), n_most, escape.plain(fewest), n_fewest)
        st.warning(said, icon=":material/balance:")


def _ways_on(dataset: Dataset) -> None:
    enough = dataset.is_trainable
    with st.container(horizontal=True):
        if enough and st.button(words.TRAIN_WITH_THESE, key=Widget.TRAIN_WITH_THESE, type="primary"):
            settings.fresh_for(dataset)
            st.switch_page(navigation.TRAIN)
        st.button(
            words.BRING_OTHERS,
            key=Widget.BRING_OTHERS,
            type="secondary" if enough else "primary",
            on_click=steps.bring_more,
            args=(dataset,),
        )


def _stacks(workspace: Workspace, dataset: Dataset) -> None:
    """Draw train, validation and test as three stacks of faces, a row a person."""
    piles: dict[tuple[str | None, Split], list[Item]] = {}
    for item in dataset.items:
        piles.setdefault((item.person, item.split), []).append(item)
    rows: list[str | None] = [*dataset.people]
    if any(person is None for person, _ in piles):
        rows.append(None)
    shown = page.paginate(len(rows), PEOPLE_A_PAGE, Widget.PEOPLE_PAGE)
    parts = ['<span class="lab-corner"></span>', *(_head(split, dataset) for split in SPLITS)]
    for label, person in enumerate(rows[shown], start=shown.start):
        parts.append(faces.row_name(label, person))
        parts.extend(_stack(workspace, dataset, piles.get((person, split), []), split) for split in SPLITS)
    st.html(f'<div class="lab-stacks">{"".join(parts)}</div>')


def _head(split: Split, dataset: Dataset) -> str:
    count = amounts.count(dataset.counts().get(split, 0), common.PHOTO)
    colour = colours.SPLIT_COLOURS[split]
    return (
        f'<div class="lab-stacks-head" style="--lab-colour:{colour}">{common.SPLITS[split]}<span>{count}</span></div>'
    )


def _stack(workspace: Workspace, dataset: Dataset, items: list[Item], split: Split) -> str:
    pictures = "".join(faces.picture(workspace, dataset, item) for item in items[: STACK_HEIGHT[split]])
    colour = colours.SPLIT_COLOURS[split]
    return (
        f'<div class="lab-stack lab-stack-{split}" style="--lab-colour:{colour}">'
        f"{pictures}<span>{len(items)}</span></div>"
    )


def _groups(workspace: Workspace, dataset: Dataset) -> None:
    """Show what was kept together, with a button that parts it."""
    groups = photo_groups(dataset)
    if not groups:
        return
    with st.expander(words.grouped(len(groups), sum(map(len, groups)))):
        st.markdown(words.TOGETHER_HOW)
        for items in groups[page.paginate(len(groups), GROUPS_A_PAGE, Widget.GROUPS_PAGE)]:
            pictures, part = st.columns([4, 1], vertical_alignment="center")
            with pictures:
                faces.by_person(workspace, dataset, items[:FACES_OF_A_GROUP])
            with part:
                key = f"{Widget.UNGROUP}-{items[0].group}-{dataset.version}"
                ids = [item.sha256 for item in items]
                editing.button(workspace, dataset, words.UNGROUP, key, edits.ungroup, ids)


def _fractions(workspace: Workspace, dataset: Dataset) -> None:
    """Ask for the sizes of the stacks, and split the photos again."""
    with st.expander(words.FRACTIONS):
        columns = st.columns(3)
        train = _percent(columns[0], dataset, "train")
        validation = _percent(columns[1], dataset, "validation")
        test = 100 - train - validation
        key = f"{Widget.FRACTIONS}-test-{test}"
        columns[2].number_input(common.SPLITS["test"], value=test, disabled=True, key=key)
        st.caption(words.FRACTIONS_NOW if test > 0 else words.NO_FRACTIONS)
        st.button(
            words.SPLIT_AGAIN,
            key=Widget.SPLIT_AGAIN,
            disabled=test <= 0,
            on_click=_split_again,
            args=(workspace, dataset, train, validation),
        )


def _percent(where: DeltaGenerator, dataset: Dataset, split: Split) -> int:
    # The command line splits by any fractions.
    now = min(98, max(1, round(100 * dataset.split.fraction(split))))
    key = f"{Widget.FRACTIONS}-{split}-{dataset.id}-{now}"
    return int(where.number_input(common.SPLITS[split], 1, 98, now, 5, key=key))


def _split_again(workspace: Workspace, dataset: Dataset, train: int, validation: int) -> None:
    try:
        split = replace(
            dataset.split,
            train_fraction=train / 100,
            validation_fraction=validation / 100,
            test_fraction=(100 - train - validation) / 100,
        )
    except LabError as error:
        state.EDIT_ERROR.set(str(error))
    else:
        editing.apply(workspace, dataset, edits.resplit, split)
