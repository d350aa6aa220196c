"""Photos that need a look, grouped by the question, each with its decisions a click away."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from core.config import SPLITS, TrainConfig
from core.data import edits, leaks, review
from core.data.dataset import Dataset
from core.data.read import LeftOut
from core.data.similarity import Mislabeled, Similarity, load_similarity
from core.models import weights
from core.workspace import Workspace
from ui import dataset_choice, state
from ui.photos import actions, group_photos, leak_cards, photo_cards, similarity, stacks, steps
from ui.state import Widget
from ui.text import common, escape
from ui.text import photos as words

A_PAGE = 12
CARD_WIDTH_PX = 250
# Asked photo by photo. Those that are used can be kept as they are, the others can be used.
ONE_BY_ONE = ("same_as_other_person", "small_face", "turned", "across_splits", "spare", "no_face")


def show(workspace: Workspace, dataset: Dataset) -> None:
    """Draw every question there is."""
    found = review.by_kind(dataset)
    _people(workspace, dataset)
    compared = load_similarity(workspace, dataset)
    if compared is None:
        similarity.offer(workspace, dataset, at_once="several_faces" in found)
    if any(entry.extra for kind in review.ASKING for entry in found.get(kind, ())):
        st.markdown(words.SPARE_HOW)
    for kind, entries in found.items():
        if kind == "several_faces":
            group_photos.show(workspace, dataset, entries, compared)
        elif kind in ONE_BY_ONE:
            _photos(workspace, dataset, kind, entries)
        elif kind == leaks.LEAK:
            leak_cards.show(workspace, dataset, entries)
        elif kind == "too_few":
            _too_few(workspace, dataset)
        else:
            _listed(workspace, dataset, kind, entries)
    _strangers(workspace, dataset, compared)
    if not (found or _odd(dataset, compared)):
        st.success(words.NOTHING_TO_LOOK_AT, icon=":material/check_circle:")


def _people(workspace: Workspace, dataset: Dataset) -> None:
    """Ask whether two spellings are one person, and say whom the network has met before."""
    met = weights.known_people(TrainConfig().backbone, dataset.people)
    if met:
        st.info(common.has_met([escape.plain(person) for person in met]), icon=":material/visibility:")
    known = (*dataset.people, *dataset.waiting)
    for one, other in review.similar_names(known):
        if (one, other) in state.TWO_PEOPLE.get():
            continue
        with st.container(border=True, horizontal=True, vertical_alignment="center"):
            st.markdown(words.same_person(escape.plain(one), escape.plain(other)))
            st.button(
                words.call_both(escape.plain(one)),
                key=f"{Widget.MERGE_NAMES}-{one}-{other}",
                type="primary",
                on_click=actions.make,
                args=(workspace, dataset, edits.rename_person, other, one),
            )
            st.button(
                words.TWO_PEOPLE,
                key=f"{Widget.TWO_PEOPLE}-{one}-{other}",
                on_click=lambda pair: state.TWO_PEOPLE.set(state.TWO_PEOPLE.get() | {pair}),
                args=((one, other),),
            )


def _photos(workspace: Workspace, dataset: Dataset, kind: str, entries: Sequence[LeftOut]) -> None:
    """Draw photos with a picture and two decisions each."""
    used = {entry not in dataset.left_out for entry in entries}
    ids = list(dict.fromkeys(entry.sha256 for entry in entries if entry.sha256))
    with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
        st.subheader(words.question(kind, len(entries)), anchor=False)
        # One answer for all of them, unless some are used and some are not.
        if len(used) == 1:
            st.button(
                words.KEEP_ALL if all(used) else words.LEAVE_ALL_OUT,
                key=f"{Widget.ALL_OF_KIND}-{kind}",
                on_click=actions.make,
                args=(workspace, dataset, edits.confirm if all(used) else edits.leave_out, ids),
            )
    first = stacks.page_start(len(entries), A_PAGE, f"{Widget.REVIEW_PAGE}-{kind}")
    with st.grid(min_column_width=CARD_WIDTH_PX):
        for place, entry in enumerate(entries[first : first + A_PAGE], start=first):
            with st.container(border=True):
                _photo(workspace, dataset, entry, f"{kind}-{place}-{dataset.version}")


def _photo(workspace: Workspace, dataset: Dataset, entry: LeftOut, key: str) -> None:
    if entry.sha256 is None:
        return
    # Of what shows no face, an earlier version of the lab said otherwise.
    face = None if entry.kind == "no_face" else entry.face
    photo_cards.card(workspace, dataset, entry.sha256, face, entry.person, f"{entry.name} {entry.reason}")
    with st.container(horizontal=True):
        if entry not in dataset.left_out:
            st.button(
                words.KEEP,
                key=f"{Widget.KEEP}-{key}",
                on_click=actions.make,
                args=(workspace, dataset, edits.confirm, [entry.sha256]),
                kwargs={"of": entry.person},
            )
        else:
            whole = entry.kind == "no_face"
            st.button(
                words.USE_WHOLE if whole else words.USE,
                key=f"{Widget.USE_WHOLE if whole else Widget.USE_AGAIN}-{key}",
                on_click=actions.make,
                args=(workspace, dataset, edits.use_photo, entry.sha256, face),
                kwargs={"of": entry.person},
            )
        photo_cards.leave_out(workspace, dataset, entry.sha256, entry.person, key)


def _too_few(workspace: Workspace, dataset: Dataset) -> None:
    """Name the people who wait for more photos, or whose photos look so alike that they count as fewer."""
    st.subheader(words.WAIT_FOR_PHOTOS, anchor=False)
    for person, photos in dataset.waiting.items():
        if photos < len(SPLITS):
            st.markdown(words.waits(escape.plain(person), photos))
            continue
        with st.container(horizontal=True, vertical_alignment="center"):
            st.markdown(words.waits_alike(escape.plain(person), photos))
            st.button(
                words.UNGROUP,
                key=f"{Widget.UNGROUP}-{person}-{dataset.version}",
                on_click=actions.make,
                args=(workspace, dataset, edits.ungroup_person, person),
            )
    st.button(words.BRING_OTHERS, key=Widget.BRING_OTHERS, on_click=bring_more, args=(dataset,))


def bring_more(dataset: Dataset) -> None:
    """Go to the form, set for joining these photos."""
    st.session_state[Widget.INTO] = dataset.id
    steps.go("bring")


def _listed(workspace: Workspace, dataset: Dataset, kind: str, entries: Sequence[LeftOut]) -> None:
    """Draw what cannot be decided with a click as a table, folded unless it counts among what needs a look."""
    ids = [entry.sha256 for entry in entries if entry.sha256]
    asks = kind == "unreadable" and bool(ids)
    with st.expander(words.question(kind, len(entries)), expanded=asks):
        dataset_choice.listed("", [(entry.name, entry.reason) for entry in entries])
        if asks:
            st.button(
                words.LEAVE_ALL_OUT,
                key=f"{Widget.ALL_OF_KIND}-{kind}",
                on_click=actions.make,
                args=(workspace, dataset, edits.leave_out, ids),
            )
        if kind != "removed":
            return
        for place, entry in enumerate(entries[:A_PAGE]):
            if entry.sha256:
                st.button(
                    words.use_again(escape.plain(entry.name)),
                    key=f"{Widget.USE_AGAIN}-{place}-{dataset.version}",
                    type="tertiary",
                    on_click=actions.make,
                    args=(workspace, dataset, edits.use_photo, entry.sha256, entry.face),
                    kwargs={"of": entry.person},
                )


def _odd(dataset: Dataset, compared: Similarity | None) -> list[Mislabeled]:
    """Return the photos that look like somebody else, but for people who may be the same by their names."""
    alike = {frozenset(pair) for pair in review.similar_names(dataset.people)}
    alike -= {frozenset(pair) for pair in state.TWO_PEOPLE.get()}
    found = compared.mislabeled if compared else ()
    return [one for one in found if frozenset((one.person, one.looks_like)) not in alike]


def _strangers(workspace: Workspace, dataset: Dataset, compared: Similarity | None) -> None:
    """Draw photos that look like somebody else of these people."""
    odd = _odd(dataset, compared)
    if not odd:
        return
    st.subheader(words.question("stranger", len(odd)), anchor=False)
    face = {(item.sha256, item.person): item.face for item in dataset.items}
    first = stacks.page_start(len(odd), A_PAGE, f"{Widget.REVIEW_PAGE}-stranger")
    with st.grid(min_column_width=CARD_WIDTH_PX):
        for place, one in enumerate(odd[first : first + A_PAGE], start=first):
            key = f"stranger-{place}-{dataset.version}"
            with st.container(border=True):
                said = words.looks_like(one.name, one.looks_like)
                photo_cards.card(workspace, dataset, one.sha256, face.get((one.sha256, one.person)), one.person, said)
                with st.container(horizontal=True):
                    for person, edit, how in (
                        (one.person, edits.confirm, ([one.sha256],)),
                        (one.looks_like, edits.move_photos, ([one.sha256], one.looks_like)),
                    ):
                        st.button(
                            words.it_is(escape.plain(person)),
                            key=f"{Widget.IT_IS}-{person}-{key}",
                            on_click=actions.make,
                            args=(workspace, dataset, edit, *how),
                            kwargs={"of": one.person},
                        )
                    photo_cards.leave_out(workspace, dataset, one.sha256, one.person, key)
