"""Runs side by side: what differs as a table, validation curves in one chart, a small confusion matrix each."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from math import isfinite

import numpy as np
import streamlit as st

from core.evaluation import metrics
from core.experiments.listing import ListedRun
from core.models import architectures, registry
from ui.charts import colours, overlay
from ui.charts.overlay import COLOURS, LETTERS
from ui.state import Widget
from ui.test import evaluation
from ui.test.evaluation import Evaluation
from ui.text import common, escape
from ui.text import compare as words
from ui.text import runs as run_words
from ui.text import test as test_words
from ui.text import train as train_words

CURVES_PX = 300
FEWEST = 2
# The width inside a frame of the page on a projector, and how much of it the names of a matrix take with their gap.
PAGE_PX, NAMES_PX, SHORT_NAMES_PX = 1110, 166, 112
SMALLEST_PX, LARGEST_PX, GAP_PX = 20, 48, 2
SHORT_FROM = 11
# Gap and padding beside the names.
FRAME_PX = 40


def show(tested: Sequence[ListedRun], preset: Sequence[str] = ()) -> None:
    """Draw two to four runs of the user's choice beside each other.

    Args:
        tested: all runs that can be chosen, those of sweeps too.
        preset: ids of those that are chosen at first.
    """
    chosen = _chosen(tested, preset)
    if len(chosen) < FEWEST:
        st.markdown(words.CHOOSE_TWO)
        return
    evaluations = [evaluation.of_run(row.run) for row in chosen]
    st.html(_table(chosen))
    if not _same_photos(evaluations):
        st.markdown(words.OTHER_EXAMS)
    st.subheader(words.MOCK_EXAMS, anchor=False)
    _curves(chosen, evaluations)
    st.subheader(test_words.MATRIX_VIEW, anchor=False)
    _matrices(evaluations)


def _chosen(tested: Sequence[ListedRun], preset: Sequence[str]) -> tuple[ListedRun, ...]:
    titles = _titles(tested)
    by_id = {row.id: row for row in tested}
    ids = st.multiselect(
        words.BESIDE,
        list(by_id),
        default=[run_id for run_id in dict.fromkeys(preset) if run_id in by_id][: overlay.MOST],
        format_func=titles.__getitem__,
        max_selections=overlay.MOST,
        placeholder=words.BESIDE_EMPTY,
        # Another preset is another widget, so that it is really shown.
        key=Widget.BESIDE.of(len(tested), *preset),
    )
    return tuple(by_id[run_id] for run_id in ids)


def _titles(tested: Sequence[ListedRun]) -> dict[str, str]:
    """Return the title of each run, what sets it apart first; no two are alike."""
    networks = {row.config.backbone for row in tested}
    sizes = {row.config.image_size_px for row in tested}
    titles: dict[str, str] = {}
    for row in tested:
        config = row.config
        parts = [
            *([registry.backbone(config.backbone).title] if len(networks) > 1 else []),
            run_words.what_learned(row),
            *([train_words.pixels(config.image_size_px)] if len(sizes) > 1 else []),
            *([common.photos_each(config.train_per_class)] if config.train_per_class else []),
            *([words.a_try(config.seed)] if row.sweep else []),
        ]
        titles[row.id] = words.run(row.title, ", ".join(parts), common.exam(row.correct or 0, row.total or 0))
    return common.distinct(titles)


def _same_photos(evaluations: Sequence[Evaluation]) -> bool:
    photos = [set(zip(each.predictions.sha256s, each.predictions.faces, strict=True)) for each in evaluations]
    return all(each == photos[0] for each in photos)


def _table(rows: Sequence[ListedRun]) -> str:
    """Return the table: a column a run; first what differs, then what came out."""
    head = "".join(
        f'<th scope="col"><b style="--lab-colour:{COLOURS[place]}">{LETTERS[place]}</b></th>'
        for place in range(len(rows))
    )
    body = [_line(title, values) for title, values in run_words.differing_settings(rows)]
    if not body:
        body = [f'<tr><td colspan="{len(rows) + 1}">{words.SAME_SETTINGS}</td></tr>']
    summaries = [row.run.numbers() or {} for row in rows]
    came_out: list[tuple[str, Callable[[int], str]]] = [
        (words.FINAL_EXAM, lambda place: common.exam(rows[place].correct or 0, rows[place].total or 0)),
        (words.MOCK_EXAM, lambda place: _of_hundred(summaries[place].get("val_accuracy"))),
        (words.LEARNED, lambda place: _whole(_learned(rows[place]))),
        (words.TIME, lambda place: _seconds(rows[place].seconds)),
    ]
    results = [_line(title, [give(place) for place in range(len(rows))], "lab-result") for title, give in came_out]
    said = escape.as_html(words.WHAT_DIFFERS_HERE)
    return (
        f'<div class="lab-scroll"><table class="lab-beside"><thead><tr><th scope="col">{said}</th>{head}</tr></thead>'
        f"<tbody>{''.join([*body, *results])}</tbody></table></div>"
    )


def _line(title: str, values: Sequence[str], css_class: str = "") -> str:
    cells = "".join(f"<td>{escape.as_html(value)}</td>" for value in values)
    name = escape.as_html(title[:1].upper() + title[1:])
    return f'<tr class="{css_class}"><th scope="row">{name}</th>{cells}</tr>'


def _of_hundred(share: float | None) -> str:
    return words.UNKNOWN if share is None or not isfinite(share) else words.of_hundred(share)


def _whole(number: int | None) -> str:
    return words.UNKNOWN if number is None else f"{number:,}"


def _learned(row: ListedRun) -> int | None:
    """Return how many numbers learned; where what was let loose is as it was before, those of the new last layers."""
    if row.outcome.retrained:
        return (row.run.numbers() or {}).get("trainable_parameters")
    config, everything = row.config, len(registry.backbone(row.config.backbone).architecture.units)
    people, side_px = len(row.run.dataset.people), config.image_size_px
    return architectures.count_parameters(config.backbone, everything, config.head, people, side_px).trainable


def _seconds(seconds: float | None) -> str:
    return words.UNKNOWN if seconds is None else words.seconds(seconds)


def _curves(rows: Sequence[ListedRun], evaluations: Sequence[Evaluation]) -> None:
    named = zip(rows, run_words.short_names(rows), strict=True)
    curves = [overlay.Curve(name, row.run.history(), row.outcome.head_epochs) for row, name in named]
    people = {len(each.dataset.people) for each in evaluations}
    same = people.pop() if len(people) == 1 else None
    st.echarts_chart(
        overlay.validation_curves(curves, same),
        key=Widget.BESIDE.of("curves", *(row.id for row in rows)),
        height=CURVES_PX,
        renderer="svg",
        alt=words.curves_alt([(LETTERS[place], curve.name) for place, curve in enumerate(curves)]),
    )
    if any(curve.has_border for curve in curves):
        st.caption(words.BORDER_ON_CURVES)


def _matrices(evaluations: Sequence[Evaluation]) -> None:
    """Draw the matrix of each run, lettered as in the table above; with the same people in all where they share them.

    Above 20 people the 20 most confused are shown.
    """
    shared = all(each.dataset.people == evaluations[0].dataset.people for each in evaluations)
    most = _most_confused([each.result.confusion for each in evaluations]) if shared else None
    drawn = "".join(_matrix(place, each, most) for place, each in enumerate(evaluations))
    everybody = max(len(each.dataset.people) for each in evaluations)
    if said := common.some_of(metrics.MOST_PEOPLE, everybody, test_words.MOST_CONFUSED):
        st.caption(said)
    people = max(min(len(each.dataset.people), metrics.MOST_PEOPLE) for each in evaluations)
    names_px = SHORT_NAMES_PX if people >= SHORT_FROM else NAMES_PX
    side_px, in_row = _fit(len(evaluations), people, names_px)
    # Four stand in a square, not three and one.
    wide_px = in_row * ((side_px + GAP_PX) * people + names_px)
    style = f"--lab-side:{side_px}px;--lab-names:{names_px - FRAME_PX}px;max-width:{wide_px}px"
    st.html(f'<div class="lab-matrices" style="{style}">{drawn}</div>')


def _most_confused(confusions: Sequence[np.ndarray]) -> np.ndarray:
    return metrics.most_confused(np.sum(confusions, axis=0))


def _fit(matrices: int, people: int, names_px: int) -> tuple[int, int]:
    """Return the side of a square in px, and how many matrices stand in a row: all, or half, where that can be read."""
    for in_row in (matrices, -(-matrices // 2), 1):
        side_px = (PAGE_PX // in_row - names_px) // people - GAP_PX
        if side_px >= SMALLEST_PX:
            break
    return max(SMALLEST_PX, min(LARGEST_PX, side_px)), in_row


def _matrix(place: int, found: Evaluation, shown: np.ndarray | None) -> str:
    confusion, people = found.result.confusion, found.dataset.people
    if shown is None:
        shown = metrics.most_confused(confusion)
    names = [escape.as_html(people[label]) for label in shown]
    heads = "".join(f'<th scope="col" title="{name}"><span>{name}</span></th>' for name in names)
    counts = confusion[np.ix_(shown, shown)]
    top_right = max(int(np.diag(counts).max(initial=0)), 2)
    top_wrong = max(int((counts - np.diag(np.diag(counts))).max(initial=0)), 2)
    rows = []
    for row, name in enumerate(names):
        cells = "".join(
            _cell(int(n), top_right if row == column else top_wrong, right=row == column)
            for column, n in enumerate(counts[row])
        )
        rows.append(f'<tr><th scope="row" title="{name}"><span class="lab-ellipsis">{name}</span></th>{cells}</tr>')
    result = found.result
    said = words.matrix(LETTERS[place], common.exam(result.correct, result.total))
    return (
        f'<figure style="--lab-colour:{COLOURS[place]}"><figcaption><b>{LETTERS[place]}</b> '
        f"{common.exam(result.correct, result.total)}</figcaption>"
        f'<table aria-label="{escape.as_html(said)}"><thead><tr><td></td>{heads}</tr></thead>'
        f"<tbody>{''.join(rows)}</tbody></table></figure>"
    )


def _cell(count: int, most: int, *, right: bool) -> str:
    """Return one square: darker for more, and nothing where nothing happened."""
    if count == 0:
        return "<td></td>"
    low, high = colours.RIGHT_SCALE if right else colours.WRONG_SCALE
    share = 100 * (count - 1) / max(most - 1, 1)
    colour = f"color-mix(in srgb, {high} {share:.0f}%, {low})"
    return f'<td style="background:{colour};color:#FFFFFF">{count}</td>'
