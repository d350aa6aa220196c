"""The final exam closer up: who is taken for whom, every photo, new photos."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
import streamlit as st

from core.data.dataset import Dataset
from core.errors import RunError
from core.evaluation import listing, metrics
from core.experiments.runs import Predictions, Run
from core.workspace import Workspace
from ui import state
from ui.charts import on_page
from ui.components import faces
from ui.state import Widget
from ui.test import new_photos, prediction_cards
from ui.test.prediction_cards import Card
from ui.text import common, escape
from ui.text import test as words

MOST_BESIDE = 6
SCROLL_THERE = (
    f"<script>document.querySelector('[class*=st-key-{Widget.VIEW}]')?.scrollIntoView({{behavior: 'smooth'}})</script>"
)


@dataclass(frozen=True, eq=False)
class Exam:
    """A finished exam, ready to be drawn."""

    run_id: str
    dataset: Dataset
    predictions: Predictions
    result: metrics.TestResult


def sit(run: Run) -> Exam:
    """Count the answers of a tested experiment."""
    dataset, predictions = run.dataset, run.predictions()
    if predictions is None:
        raise RunError(f'The experiment "{run.id}" has no final exam yet; let it finish first.')
    practice = np.array([dataset.people.index(item.person) for item in dataset.of("train") if item.person], np.int64)
    result = metrics.evaluate(
        predictions.probabilities,
        predictions.labels,
        len(dataset.people),
        majority_label=metrics.majority_label(practice),
        groups=_groups(dataset, predictions),
    )
    return Exam(run.id, dataset, predictions, result)


def _groups(dataset: Dataset, predictions: Predictions) -> list[int]:
    """Return which photos of the exam belong together."""
    group = {(item.sha256, item.face): item.group for item in dataset.of("test")}
    photos = zip(predictions.sha256s, predictions.faces, strict=True)
    # A photo that is not found stands alone.
    return [group.get(photo, -1 - place) for place, photo in enumerate(photos)]


def title(exam: Exam) -> str:
    """Return the result as the page's title."""
    result = exam.result
    return f"{words.TEST_TITLE}: {common.exam(result.correct, result.total)}" if result.total else words.TEST_TITLE


def views(workspace: Workspace, exam: Exam, run: Run) -> None:
    """Draw the three ways to look closer; an exam without names has no matrix."""
    names = [words.MATRIX_VIEW] if exam.result.total else []
    opened = state.STRANGER_VIEWS.get()
    *first, every, new = st.tabs(
        [*names, words.EVERY_PHOTO, words.NEW_PHOTOS],
        # A browser that has drawn the tabs may keep to the one it shows, whatever the session says.
        default=words.NEW_PHOTOS if opened else None,
        key=Widget.VIEW.of(opened) if opened else Widget.VIEW,
        on_change="rerun",
    )
    for tab in first:
        if tab.open:
            with tab:
                matrix(workspace, exam)
    if every.open:
        with every:
            photos(workspace, exam)
    if new.open:
        with new:
            new_photos.ask(workspace, run)
    if state.SCROLL_TO_VIEWS.get():
        state.SCROLL_TO_VIEWS.set(False)
        st.html(SCROLL_THERE, unsafe_allow_javascript=True)


def matrix(workspace: Workspace, exam: Exam) -> None:
    """Draw who is taken for whom; a click on a square shows its photos."""
    st.markdown(words.MATRIX_HOW)
    people = exam.dataset.people
    # Beside the matrix where it leaves room: on a projector nobody scrolls to see what a click gave.
    drawn, clicked = st.columns([11, 9]) if len(people) <= MOST_BESIDE else (st.container(), st.container())
    with drawn:
        cell = on_page.matrix(exam.result, people, exam.run_id, _faces_of_people(workspace, exam.dataset))
    if cell:
        with clicked:
            _photos_of_cell(workspace, exam, *cell)
    rest = metrics.rest_of_confusion(exam.result.confusion, people)
    if rest:
        st.markdown(f"**{words.REST}**")
        rows = [(row.person, row.photos, row.correct, row.mostly_taken_for or "") for row in rest]
        st.dataframe(pd.DataFrame(rows, columns=list(words.REST_COLUMNS)), hide_index=True, alt=words.REST)
    with st.expander(words.NUMBERS):
        _numbers(exam.result, people)


def _faces_of_people(workspace: Workspace, dataset: Dataset) -> list[str]:
    """Return a face of each person, of the practice photos."""
    first = {item.person: item for item in reversed(dataset.of("train"))}
    return [
        faces.face_of(workspace, dataset, first[person].sha256, first[person].face)
        if person in first
        else faces.NO_PICTURE
        for person in dataset.people
    ]


def _numbers(result: metrics.TestResult, people: Sequence[str]) -> None:
    """Draw how each person came out, and the matrix out of 100."""
    st.markdown(words.SCORES_HOW)
    scores = [
        (person, score.photos, *(_hundred(value) for value in (score.recall, score.precision, score.f1)))
        for person, score in zip(people, result.per_person, strict=True)
    ]
    whole = st.column_config.NumberColumn(format="%d")
    st.dataframe(
        pd.DataFrame(scores, columns=list(words.SCORES_COLUMNS)),
        hide_index=True,
        column_config=dict.fromkeys(words.SCORES_COLUMNS[1:], whole),
        placeholder="–",
        alt=words.NUMBERS,
    )
    st.markdown(words.PERCENT_HOW)
    percent = pd.DataFrame(metrics.row_percent(result.confusion).round(), index=list(people), columns=list(people))
    st.dataframe(percent, column_config=dict.fromkeys(people, whole), placeholder="–", alt=words.PERCENT_HOW)


def _hundred(share: float) -> float:
    """Return a share out of 100, whole; the table's own format would cut 91.7 down to 91."""
    return float(np.round(100 * share))


def _photos_of_cell(workspace: Workspace, exam: Exam, true: int, predicted: int) -> None:
    given, people = exam.predictions, exam.dataset.people
    order = listing.worst_first(given.probabilities, given.labels)
    said = given.probabilities.argmax(axis=1)
    order = order[(given.labels[order] == true) & (said[order] == predicted)]
    st.markdown(f"**{words.cell(escape.plain(people[true]), escape.plain(people[predicted]), len(order))}**")
    page = prediction_cards.page(len(order), f"{Widget.PREDICTIONS_PAGE}-{exam.run_id}-{true}-{predicted}")
    prediction_cards.draw([_card(workspace, exam, int(i)) for i in order[page]], people)


def photos(workspace: Workspace, exam: Exam) -> None:
    """Draw every photo with its prediction: which of them, in which order, a page at a time."""
    given, people = exam.predictions, exam.dataset.people
    show, person, order, table = st.columns([4, 3, 3, 2], vertical_alignment="bottom")
    with show:
        chosen = st.segmented_control(
            words.SHOW,
            list(words.SHOW_LABELS if exam.result.total else words.SHOW_UNLABELLED),
            default="all",
            required=True,
            format_func=words.SHOW_LABELS.__getitem__,
            key=Widget.SHOW,
        )
    with person:
        one = st.selectbox(
            words.ONE_PERSON,
            [None, *range(len(people))],
            format_func=lambda label: words.EVERYBODY if label is None else people[label],
            key=f"{Widget.ONE_PERSON}-{exam.run_id}",
        )
    with order:
        labels = words.ORDER_LABELS if exam.result.total else words.ORDER_UNLABELLED
        by = st.selectbox(words.ORDER, list(labels), format_func=labels.__getitem__, key=Widget.ORDER)
    with table:
        _take_table(exam)
    found = listing.arrange(given.probabilities, given.labels, given.names, show=chosen, person=one, order=by)
    if len(found) == 0:
        st.info(words.NONE_LIKE_THIS, icon=":material/info:")
        return
    page = prediction_cards.page(len(found), f"{Widget.PREDICTIONS_PAGE}-{exam.run_id}-{chosen}-{one}-{by}")
    prediction_cards.draw([_card(workspace, exam, int(i)) for i in found[page]], people)


def _take_table(exam: Exam) -> None:
    given = exam.predictions
    st.download_button(
        words.TAKE_TABLE,
        lambda: listing.as_csv(
            given.probabilities, given.labels, given.names, exam.dataset.people, words.TABLE_COLUMNS
        ),
        file_name=f"{exam.run_id}.csv",
        mime="text/csv",
        key=Widget.TAKE_TABLE,
        on_click="ignore",
        width="stretch",
    )


def _card(workspace: Workspace, exam: Exam, i: int) -> Card:
    given = exam.predictions
    label = int(given.labels[i])
    return Card(
        picture=faces.face_of(workspace, exam.dataset, given.sha256s[i], given.faces[i]),
        name=given.names[i],
        true=label if label >= 0 else None,
        probabilities=tuple(float(p) for p in given.probabilities[i]),
    )
