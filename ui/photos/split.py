"""Step 3, the split: the stacks, how large they are, what was kept together, and the way to training."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from core.config import Split
from core.data import edits
from core.data.dataset import Dataset
from core.data.review import photo_groups
from core.errors import LabError
from core.workspace import Workspace
from ui import dataset_choice, look, places, state
from ui.photos import actions, decision_map, leak_cards, review, stacks
from ui.state import Widget
from ui.text import common
from ui.text import photos as words
from ui.train import settings


def show(workspace: Workspace, found: Sequence[Dataset], dataset: Dataset) -> None:
    """Draw the split of a data set, with the way on to training."""
    look.head(words.STACKS, words.STACKS_WHY)
    dataset_choice.pick(found, dataset, words.PHOTOS_OF, Widget.PHOTOS_OF)
    actions.tell()
    stacks.who_waits(dataset)
    leak_cards.say(dataset)
    if dataset.is_trainable:
        stacks.what_they_allow(dataset)
    else:
        st.warning(words.NOT_ENOUGH, icon=":material/info:")
    _ways_on(dataset)
    stacks.stacks(workspace, dataset)
    _groups(workspace, dataset)
    _fractions(workspace, dataset)
    decision_map.show(dataset)


def _ways_on(dataset: Dataset) -> None:
    enough = dataset.is_trainable
    with st.container(horizontal=True):
        if enough and st.button(words.TRAIN_WITH_THESE, key=Widget.TRAIN_WITH_THESE, type="primary"):
            settings.fresh_for(dataset)
            st.switch_page(places.TRAIN)
        st.button(
            words.BRING_OTHERS,
            key=Widget.BRING_OTHERS,
            type="secondary" if enough else "primary",
            on_click=review.bring_more,
            args=(dataset,),
        )


def _groups(workspace: Workspace, dataset: Dataset) -> None:
    """Show what was kept together, with a button that parts it."""
    groups = photo_groups(dataset)
    if not groups:
        return
    label = {person: number for number, person in enumerate(dataset.people)}
    with st.expander(words.grouped(len(groups), sum(map(len, groups)))):
        st.markdown(words.TOGETHER_HOW)
        first = stacks.page_start(len(groups), stacks.GROUPS_A_PAGE, Widget.GROUPS_PAGE)
        for items in groups[first : first + stacks.GROUPS_A_PAGE]:
            shown, part = st.columns([4, 1], vertical_alignment="center")
            with shown:
                pictures = "".join(
                    stacks.picture(workspace, dataset, item) for item in items[: stacks.FACES_OF_A_GROUP]
                )
                name = stacks.row_name(label.get(items[0].person or "", 0), items[0].person)
                st.html(
                    f'<div class="lab-people"><section>{name}<div class="lab-wall">{pictures}</div></section></div>'
                )
            with part:
                st.button(
                    words.UNGROUP,
                    key=f"{Widget.UNGROUP}-{items[0].group}-{dataset.version}",
                    on_click=actions.make,
                    args=(workspace, dataset, edits.ungroup, [item.sha256 for item in items]),
                )


def _fractions(workspace: Workspace, dataset: Dataset) -> None:
    """Ask for the sizes of the stacks, and deal the photos out again."""
    with st.expander(words.FRACTIONS):
        train, validation, rest = st.columns(3)
        practice = _percent(train, dataset, "train")
        mock = _percent(validation, dataset, "validation")
        exam = 100 - practice - mock
        rest.number_input(common.SPLITS["test"], value=exam, disabled=True, key=f"{Widget.FRACTIONS}-test-{exam}")
        st.caption(words.FRACTIONS_NOW if exam > 0 else words.NO_FRACTIONS)
        st.button(
            words.SPLIT_AGAIN,
            key=Widget.SPLIT_AGAIN,
            disabled=exam <= 0,
            on_click=_deal,
            args=(workspace, dataset, practice, mock),
        )


def _percent(where: DeltaGenerator, dataset: Dataset, split: Split) -> int:
    # The command line deals out by any fractions.
    now = min(98, max(1, round(100 * dataset.split.fraction(split))))
    return int(
        where.number_input(common.SPLITS[split], 1, 98, now, 5, key=f"{Widget.FRACTIONS}-{split}-{dataset.id}-{now}")
    )


def _deal(workspace: Workspace, dataset: Dataset, practice: int, mock: int) -> None:
    try:
        split = replace(
            dataset.split,
            train_fraction=practice / 100,
            validation_fraction=mock / 100,
            test_fraction=(100 - practice - mock) / 100,
        )
    except LabError as error:
        state.TROUBLE.set(str(error))
    else:
        actions.make(workspace, dataset, edits.resplit, split)
