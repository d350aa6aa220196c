"""Photos that need a look, grouped by the question, each with its decisions a click away."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from core.config import SPLITS, TrainConfig
from core.data import edits, leaks, review
from core.data.dataset import Dataset
from core.data.read import LeftOut
from core.data.similarity import load_similarity
from core.models import weights
from core.workspace import Workspace
from ui import state
from ui.components import faces
from ui.photos import editing, similarity, steps
from ui.state import Widget
from ui.text import common, escape
from ui.text import photos as words

# Asked photo by photo. Those that are used can be kept as they are, the others can be used.
ONE_BY_ONE = ("same_as_other_person", "small_face", "turned", "across_splits", "spare", "no_face")


def show_warnings(dataset: Dataset) -> None:
    """Draw what the steps "check" and "split" both say of a data set: failed edits, who cannot take part, leaks."""
    editing.show_trouble()
    if dataset.waiting:
        people = ", ".join(escape.plain(person) for person in dataset.waiting)
        st.warning(words.not_in_yet(people, len(dataset.waiting)), icon=":material/person_off:")
    _warn_of_leaks(dataset)


def _warn_of_leaks(dataset: Dataset) -> None:
    """Say how many test and validation photos that also lie in train do not count, or count all the same."""
    counted = [item.split for item, _ in leaks.counted(dataset)]
    said = []
    for split in leaks.HELD_OUT:
        if out := len(leaks.leaking(dataset, split)):
            said.append(words.leak(out, common.SPLITS[split]))
        if kept := counted.count(split):
            said.append(words.leak_counts(kept, common.SPLITS[split]))
    if not said:
        return
    with st.container(horizontal=True, vertical_alignment="center"):
        st.warning(" ".join(said), icon=":material/content_copy:")
        to_see = any(entry.kind == leaks.LEAK for entry in dataset.left_out)
        if to_see and (state.STEP.get() != "check" or state.CHECKING.get() != "look"):
            st.button(words.SEE_LEAKS, key=Widget.SEE_LEAKS, on_click=steps.go, args=("check", "look"))


def show(workspace: Workspace, dataset: Dataset) -> None:
    """Draw every question there is."""
    found = review.by_kind(dataset)
    _people(workspace, dataset)
    compared = load_similarity(workspace, dataset)
    if compared is None:
        similarity.compare_faces(workspace, dataset, at_once="several_faces" in found)
    if any(entry.extra for kind in review.ASKING for entry in found.get(kind, ())):
        st.markdown(words.SPARE_HOW)
    for kind, entries in found.items():
        if kind == "several_faces":
            similarity.group_photos(workspace, dataset, entries, compared)
        elif kind in ONE_BY_ONE:
            _photos(workspace, dataset, kind, entries)
        elif kind == leaks.LEAK:
            _leaks(workspace, dataset, entries)
        elif kind == "too_few":
            _too_few(workspace, dataset)
        else:
            _listed(workspace, dataset, kind, entries)
    mix_ups = similarity.mix_ups(dataset, compared)
    similarity.show_mix_ups(workspace, dataset, mix_ups)
    if not (found or mix_ups):
        st.success(words.NOTHING_TO_LOOK_AT, icon=":material/check_circle:")


def _people(workspace: Workspace, dataset: Dataset) -> None:
    """Ask whether two spellings are one person, and say whom the network has met before."""
    met = weights.known_people(TrainConfig().backbone, dataset.people)
    if met:
        st.info(common.has_met([escape.plain(person) for person in met]), icon=":material/visibility:")
    for one, other in review.similar_names((*dataset.people, *dataset.waiting)):
        if (one, other) in state.TWO_PEOPLE.get():
            continue
        with st.container(border=True, horizontal=True, vertical_alignment="center"):
            st.markdown(words.same_person(escape.plain(one), escape.plain(other)))
            label, key = words.call_both(escape.plain(one)), f"{Widget.MERGE_NAMES}-{one}-{other}"
            editing.button(workspace, dataset, label, key, edits.rename_person, other, one, type="primary")
            st.button(
                words.TWO_PEOPLE,
                key=f"{Widget.TWO_PEOPLE}-{one}-{other}",
                on_click=lambda pair: state.TWO_PEOPLE.set(state.TWO_PEOPLE.get() | {pair}),
                args=((one, other),),
            )


def _photos(workspace: Workspace, dataset: Dataset, kind: str, entries: Sequence[LeftOut]) -> None:
    """Draw photos with a picture and two decisions each."""
    used = {entry not in dataset.left_out for entry in entries}
    with editing.heading(words.question(kind, len(entries))):
        # One answer for all of them, unless some are used and some are not.
        if len(used) == 1:
            label, edit = (words.KEEP_ALL, edits.confirm) if all(used) else (words.LEAVE_ALL_OUT, edits.leave_out)
            editing.button(workspace, dataset, label, f"{Widget.ALL_OF_KIND}-{kind}", edit, _ids(entries))

    def draw(number: int, entry: LeftOut) -> None:
        _photo(workspace, dataset, entry, f"{kind}-{number}-{dataset.version}")

    editing.cards(kind, entries, draw)


def _ids(entries: Sequence[LeftOut]) -> list[str]:
    return list(dict.fromkeys(entry.sha256 for entry in entries if entry.sha256))


def _photo(workspace: Workspace, dataset: Dataset, entry: LeftOut, key: str) -> None:
    if entry.sha256 is None:
        return
    # Earlier versions of the lab stored a face for these photos.
    whole = entry.kind == "no_face"
    face = None if whole else entry.face
    editing.photo(workspace, dataset, entry.sha256, face, entry.person, f"{entry.name} {entry.reason}")
    with st.container(horizontal=True):
        if entry not in dataset.left_out:
            widget = f"{Widget.KEEP}-{key}"
            editing.button(workspace, dataset, words.KEEP, widget, edits.confirm, [entry.sha256], of=entry.person)
        else:
            label, widget = (words.USE_WHOLE, Widget.USE_WHOLE) if whole else (words.USE, Widget.USE_AGAIN)
            use = edits.use_photo, entry.sha256, face
            editing.button(workspace, dataset, label, f"{widget}-{key}", *use, of=entry.person)
        editing.leave_out_button(workspace, dataset, entry.sha256, entry.person, key)


def _leaks(workspace: Workspace, dataset: Dataset, entries: Sequence[LeftOut]) -> None:
    """Draw photos that also lie in train, each with a button that lets it count, and one for all."""
    ids = [entry.sha256 for entry in entries if entry.sha256]
    with editing.heading(words.question(leaks.LEAK, len(entries))):
        key = f"{Widget.ALL_OF_KIND}-{leaks.LEAK}"
        editing.button(workspace, dataset, words.COUNT_ALL, key, edits.count_leaks, ids)
    st.markdown(words.LEAK_HOW)

    def draw(number: int, entry: LeftOut) -> None:
        if entry.sha256:
            said = f"{entry.name} {entry.reason}"
            editing.photo(workspace, dataset, entry.sha256, entry.face, entry.person, said)
            count = edits.count_leaks, [entry.sha256]
            key = f"{Widget.LET_COUNT}-{number}-{dataset.version}"
            editing.button(workspace, dataset, words.LET_COUNT, key, *count, of=entry.person)

    editing.cards(leaks.LEAK, entries, draw)


def _too_few(workspace: Workspace, dataset: Dataset) -> None:
    """Name the people who wait for more photos, or whose photos look so alike that they count as fewer."""
    st.subheader(words.WAIT_FOR_PHOTOS, anchor=False)
    for person, photos in dataset.waiting.items():
        if photos < len(SPLITS):
            st.markdown(words.waits(escape.plain(person), photos))
            continue
        with st.container(horizontal=True, vertical_alignment="center"):
            st.markdown(words.waits_alike(escape.plain(person), photos))
            key = f"{Widget.UNGROUP}-{person}-{dataset.version}"
            editing.button(workspace, dataset, words.UNGROUP, key, edits.ungroup_person, person)
    st.button(words.BRING_OTHERS, key=Widget.BRING_OTHERS, on_click=steps.bring_more, args=(dataset,))


def _listed(workspace: Workspace, dataset: Dataset, kind: str, entries: Sequence[LeftOut]) -> None:
    """Draw what cannot be decided with a click as a table, folded unless it counts among what needs a look."""
    ids = _ids(entries)
    asks = kind == "unreadable" and bool(ids)
    with st.expander(words.question(kind, len(entries)), expanded=asks):
        faces.reasons_table("", [(entry.name, entry.reason) for entry in entries])
        if asks:
            key = f"{Widget.ALL_OF_KIND}-{kind}"
            editing.button(workspace, dataset, words.LEAVE_ALL_OUT, key, edits.leave_out, ids)
        if kind != "removed":
            return
        for number, entry in enumerate(entries[: editing.A_PAGE]):
            if entry.sha256:
                label, key = words.use_again(escape.plain(entry.name)), f"{Widget.USE_AGAIN}-{number}-{dataset.version}"
                use = edits.use_photo, entry.sha256, entry.face
                editing.button(workspace, dataset, label, key, *use, of=entry.person, type="tertiary")
