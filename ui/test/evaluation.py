"""What a run said of its test photos: who is taken for whom, every photo, and new photos beside them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
import streamlit as st

from core.data.dataset import Dataset
from core.errors import RunError
from core.evaluation import listing, metrics
from core.experiments.predictions import Predictions
from core.experiments.runs import Run
from core.workspace import Workspace
from ui import page, state
from ui.charts import on_page
from ui.components import faces
from ui.state import Widget
from ui.test import new_photos, prediction_cards
from ui.test.prediction_cards import Prediction
from ui.text import common, escape
from ui.text import test as words

MOST_BESIDE = 6
SCROLL_THERE = (
    f"<script>document.querySelector('[class*=st-key-{Widget.VIEW}]')?.scrollIntoView({{behavior: 'smooth'}})</script>"
)


@dataclass(frozen=True, eq=False)
class Evaluation:
    """What a run said of its test photos, and what that comes to."""

    run_id: str
    dataset: Dataset
    predictions: Predictions
    result: metrics.TestResult


def of_run(run: Run) -> Evaluation:
    """Evaluate the saved predictions of a tested run.

    Raises:
        RunError: the run has no predictions yet.
    """
    dataset, predictions = run.dataset, run.predictions()
    if predictions is None:
        raise RunError(f'The experiment "{run.id}" has no final exam yet; let it finish first.')
    train_labels = [dataset.people.index(item.person) for item in dataset.of("train") if item.person]
    result = metrics.evaluate(
        predictions.probabilities,
        predictions.labels,
        len(dataset.people),
        majority_label=metrics.majority_label(np.array(train_labels, np.int64)),
        groups=_groups(dataset, predictions),
    )
    return Evaluation(run.id, dataset, predictions, result)


def _groups(dataset: Dataset, predictions: Predictions) -> list[int]:
    """Return the group of each test photo."""
    group = {(item.sha256, item.face): item.group for item in dataset.of("test")}
    photos = zip(predictions.sha256s, predictions.faces, strict=True)
    # A photo that is not found stands alone.
    return [group.get(photo, -1 - place) for place, photo in enumerate(photos)]


def title(found: Evaluation) -> str:
    """Return the result as the page's title."""
    result = found.result
    return f"{words.TEST_TITLE}: {common.exam(result.correct, result.total)}" if result.total else words.TEST_TITLE


def views(workspace: Workspace, found: Evaluation, run: Run) -> None:
    """Draw the tabs: matrix, every photo, new photos. Without true names there is no matrix."""
    names = [words.MATRIX_VIEW] if found.result.total else []
    opened = state.STRANGER_VIEWS.get()
    *first, every, new = st.tabs(
        [*names, words.EVERY_PHOTO, words.NEW_PHOTOS],
        # The browser may keep the tab that it shows, whatever the session says; a new key makes new tabs.
        default=words.NEW_PHOTOS if opened else None,
        key=Widget.VIEW.of(opened) if opened else Widget.VIEW,
        on_change="rerun",
    )
    for tab in first:
        if tab.open:
            with tab:
                _matrix(workspace, found)
    if every.open:
        with every:
            _photos(workspace, found)
    if new.open:
        with new:
            new_photos.ask(workspace, run)
    if state.SCROLL_TO_VIEWS.get():
        state.SCROLL_TO_VIEWS.set(False)
        st.html(SCROLL_THERE, unsafe_allow_javascript=True)


def _matrix(workspace: Workspace, found: Evaluation) -> None:
    """Draw who is taken for whom; a click on a square shows its photos."""
    st.markdown(words.MATRIX_HOW)
    people = found.dataset.people
    shown = metrics.most_confused(found.result.confusion)
    if said := common.some_of(len(shown), len(people), words.MOST_CONFUSED):
        st.caption(said)
    # The photos stand beside the matrix where there is room, so that a click shows them without scrolling.
    drawn, clicked = st.columns([11, 9]) if len(people) <= MOST_BESIDE else (st.container(), st.container())
    with drawn:
        cell = on_page.matrix(found.result, people, found.run_id, _faces_of_people(workspace, found.dataset, shown))
    if cell:
        with clicked:
            _photos_of_cell(workspace, found, *cell)
    rest = metrics.rest_of_confusion(found.result.confusion, people)
    if rest:
        st.markdown(f"**{words.REST}**")
        rows = [(row.person, row.photos, row.correct, row.mostly_taken_for or "") for row in rest]
        st.dataframe(pd.DataFrame(rows, columns=list(words.REST_COLUMNS)), hide_index=True, alt=words.REST)
    with st.expander(words.NUMBERS):
        _numbers(found.result, people)


def _faces_of_people(workspace: Workspace, dataset: Dataset, shown: np.ndarray) -> list[str]:
    """Return a face of each person, from the train photos; an empty picture of those whose label is not `shown`."""
    first = {item.person: item for item in reversed(dataset.of("train"))}
    return [
        faces.face_of(workspace, dataset, first[person].sha256, first[person].face)
        if person in first and label in shown
        else faces.NO_PICTURE
        for label, person in enumerate(dataset.people)
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


def _photos_of_cell(workspace: Workspace, found: Evaluation, true: int, predicted: int) -> None:
    given, people = found.predictions, found.dataset.people
    order = listing.worst_first(given.probabilities, given.labels)
    said = given.probabilities.argmax(axis=1)
    order = order[(given.labels[order] == true) & (said[order] == predicted)]
    st.markdown(f"**{words.cell(escape.plain(people[true]), escape.plain(people[predicted]), len(order))}**")
    _show(workspace, found, order, f"{true}-{predicted}")


def _show(workspace: Workspace, found: Evaluation, places: np.ndarray, which: str) -> None:
    """Draw the predictions at `places`, a page at a time; `which` tells them apart from others of the run."""
    key = f"{Widget.PREDICTIONS_PAGE}-{found.run_id}-{which}"
    shown = places[page.paginate(len(places), prediction_cards.A_PAGE, key)]
    prediction_cards.draw([_prediction(workspace, found, int(place)) for place in shown], found.dataset.people)


def _photos(workspace: Workspace, found: Evaluation) -> None:
    """Draw every photo with its prediction: which of them, in which order, a page at a time."""
    given, people = found.predictions, found.dataset.people
    show, person, order, table = st.columns([4, 3, 3, 2], vertical_alignment="bottom")
    with show:
        chosen = st.segmented_control(
            words.SHOW,
            list(words.SHOW_LABELS if found.result.total else words.SHOW_UNLABELLED),
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
            key=f"{Widget.ONE_PERSON}-{found.run_id}",
        )
    with order:
        labels = words.ORDER_LABELS if found.result.total else words.ORDER_UNLABELLED
        by = st.selectbox(words.ORDER, list(labels), format_func=labels.__getitem__, key=Widget.ORDER)
    with table:
        _take_table(found)
    places = listing.arrange(given.probabilities, given.labels, given.names, show=chosen, person=one, order=by)
    if len(places) == 0:
        st.info(words.NONE_LIKE_THIS, icon=":material/info:")
        return
    _show(workspace, found, places, f"{chosen}-{one}-{by}")


def _take_table(found: Evaluation) -> None:
    given = found.predictions
    st.download_button(
        words.TAKE_TABLE,
        lambda: listing.as_csv(
            given.probabilities, given.labels, given.names, found.dataset.people, words.TABLE_COLUMNS
        ),
        file_name=f"{found.run_id}.csv",
        mime="text/csv",
        key=Widget.TAKE_TABLE,
        on_click="ignore",
        width="stretch",
    )


def _prediction(workspace: Workspace, found: Evaluation, i: int) -> Prediction:
    given = found.predictions
    label = int(given.labels[i])
    return Prediction(
        picture=faces.face_of(workspace, found.dataset, given.sha256s[i], given.faces[i]),
        name=given.names[i],
        true=label if label >= 0 else None,
        probabilities=tuple(float(p) for p in given.probabilities[i]),
    )
