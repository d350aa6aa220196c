"""Runs side by side: their mock exams in one chart, what differs as a table, who is taken for whom in each."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from math import isfinite
from typing import Any

import streamlit as st

from core.config import TrainConfig
from core.evaluation import overlay
from core.evaluation.overlay import COLOURS, LETTERS
from core.experiments import baseline, compare_runs
from core.experiments.compare_runs import Setting
from core.experiments.listing import Row
from core.models import registry, units
from ui.compare import matrices
from ui.state import Widget
from ui.test import exam
from ui.test.exam import Exam
from ui.text import common, escape
from ui.text import compare as words
from ui.text import runs as run_words
from ui.text import test as test_words
from ui.text import train as train_words

CURVES_PX = 300
FEWEST = 2
# What is folded away on Train, or not to be chosen there, by the name of its field.
_ADVANCED = {
    "learning_rate": train_words.LEARNING_RATE,
    "seed": train_words.SEED,
    "batch_size": train_words.BATCH,
    "head_epochs": train_words.HEAD_EPOCHS,
    "optimizer": train_words.OPTIMIZER,
    "momentum": train_words.MOMENTUM,
    "pooling": train_words.POOLING,
    "hidden": train_words.HIDDEN,
    "dropout": train_words.DROPOUT,
    "views": train_words.COPIES,
    "rotation_deg": train_words.ROTATION,
    "shift": train_words.SHIFT,
    "zoom": train_words.ZOOM,
    "flip": train_words.FLIP,
    "early_stopping_patience": train_words.STOP_EARLY,
    "reduce_lr_patience": train_words.SLOW_DOWN,
    "keep_best": train_words.KEEP_BEST,
    "class_weights": train_words.CLASS_WEIGHTS,
    "precision": train_words.PRECISION,
    "unfrozen_rate": words.UNFROZEN_RATE,
    "min_steps": words.MIN_STEPS,
    "unfrozen_min_steps": words.UNFROZEN_MIN_STEPS,
    "scale_features": words.SCALE_FEATURES,
    "zero_start": words.ZERO_START,
}


def side_by_side(tested: Sequence[Row], preset: Sequence[str] = ()) -> None:
    """Draw two to four experiments of the user's choice beside each other.

    Args:
        tested: all that can be chosen, those of comparisons as well.
        preset: ids of those that are chosen at first.
    """
    chosen = _chosen(tested, preset)
    if len(chosen) < FEWEST:
        st.markdown(words.CHOOSE_TWO)
        return
    exams = [exam.sit(row.run) for row in chosen]
    st.html(_table(chosen))
    if not _same_photos(exams):
        st.markdown(words.OTHER_EXAMS)
    st.subheader(words.MOCK_EXAMS, anchor=False)
    _curves(chosen, exams)
    st.subheader(test_words.MATRIX_VIEW, anchor=False)
    matrices.draw(exams)


def _chosen(tested: Sequence[Row], preset: Sequence[str]) -> tuple[Row, ...]:
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


def _titles(tested: Sequence[Row]) -> dict[str, str]:
    """Name each experiment for the choice: what of it differs from others first, and no two alike."""
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
        title = words.run(row.title, ", ".join(parts), common.exam(row.correct or 0, row.total or 0))
        # The widget tells its options apart by what they are called.
        taken = sum(other == title or other.startswith(f"{title} (") for other in titles.values())
        titles[row.id] = f"{title} ({taken + 1})" if taken else title
    return titles


def _same_photos(exams: Sequence[Exam]) -> bool:
    photos = [set(zip(each.predictions.sha256s, each.predictions.faces, strict=True)) for each in exams]
    return all(each == photos[0] for each in photos)


def short_names(rows: Sequence[Row]) -> list[str]:
    """Name runs by what differs, for the ends of their curves: as little of it as tells them apart."""
    names = [""] * len(rows)
    for told in _apart(rows):
        if len(set(names)) == len(rows):
            break
        if len(set(told)) > 1:
            names = [", ".join(filter(None, pair)) for pair in zip(names, told, strict=True)]
    return names


def _apart(rows: Sequence[Row]) -> list[list[str]]:
    """Return what can tell runs apart in two or three words each, the plainest first."""
    asked = [compare_runs.asked_for(row.run) for row in rows]
    return [
        *(_in_words(rows, each) for each in common.SETTINGS if each not in ("other", "data")),
        [words.rate(config.learning_rate) for config in asked],
        [words.a_try(config.seed) for config in asked],
    ]


def differences(rows: Sequence[Row]) -> list[tuple[str, list[str]]]:
    """Return the settings that differ among runs, in words: what it is, and what each of them had.

    Advanced settings are told one by one; what follows from another setting is not told.
    """
    asked = [compare_runs.asked_for(row.run) for row in rows]
    differ = dict.fromkeys(each for config in asked[1:] for each in compare_runs.differences(asked[0], config))
    told = [(common.SETTINGS[each], _in_words(rows, each)) for each in _in_order(differ) if each != "other"]
    if len({photos.practice for row in rows if (photos := baseline.photos_of_run(row.run))}) > 1:
        told.append((common.SETTINGS["data"], [run_words.setting(row.run, "data") for row in rows]))
    flat = [_flat(config) for config in asked]
    for name, title in _ADVANCED.items():
        follows = name == "head_epochs" and len({config.epochs for config in asked}) > 1
        if not follows and len({repr(values[name]) for values in flat}) > 1:
            told.append((title, [_plain(values[name]) for values in flat]))
    return told


def _in_order(differ: dict[Setting, None]) -> list[Setting]:
    return [each for each in common.SETTINGS if each in differ]


def _in_words(rows: Sequence[Row], which: Setting) -> list[str]:
    return [run_words.setting(row.run, which) or run_words.to_be_frozen(row.config) for row in rows]


def _flat(config: TrainConfig) -> dict[str, Any]:
    values = config.to_dict()
    return {**values, **values["head"], **values["augment"]}


def _plain(value: object) -> str:
    if isinstance(value, bool):
        return words.YES if value else words.NO
    if isinstance(value, tuple | list):
        return ", ".join(map(str, value)) or words.NONE
    return words.NONE if value is None else f"{value:g}" if isinstance(value, float) else str(value)


def _table(rows: Sequence[Row]) -> str:
    """Return the table: a column a run; first what differs, then what came out."""
    head = "".join(
        f'<th scope="col"><b style="--lab-colour:{COLOURS[place]}">{LETTERS[place]}</b></th>'
        for place in range(len(rows))
    )
    body = [_line(title, values) for title, values in differences(rows)]
    if not body:
        body = [f'<tr><td colspan="{len(rows) + 1}">{words.SAME_SETTINGS}</td></tr>']
    summaries = [row.run.summary() or {} for row in rows]
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


def _learned(row: Row) -> int | None:
    """Return how many numbers learned; where what was let loose is as it was before, those of the new last layers."""
    if row.outcome.retrained:
        return (row.run.summary() or {}).get("trainable_parameters")
    config, everything = row.config, len(registry.backbone(row.config.backbone).architecture.units)
    people, side_px = len(row.run.dataset.people), config.image_size_px
    return units.count_parameters(config.backbone, everything, config.head, people, side_px).trainable


def _seconds(seconds: float | None) -> str:
    return words.UNKNOWN if seconds is None else words.seconds(seconds)


def _curves(rows: Sequence[Row], exams: Sequence[Exam]) -> None:
    named = zip(rows, short_names(rows), strict=True)
    curves = [overlay.Curve(name, row.run.history(), row.outcome.border) for row, name in named]
    people = {len(each.dataset.people) for each in exams}
    same = people.pop() if len(people) == 1 else None
    st.echarts_chart(
        overlay.mock_exam_curves(curves, words.overlay_labels(same), same),
        key=Widget.BESIDE.of("curves", *(row.id for row in rows)),
        height=CURVES_PX,
        renderer="svg",
        alt=words.curves_alt([(LETTERS[place], curve.name) for place, curve in enumerate(curves)]),
    )
    if any(curve.has_border for curve in curves):
        st.caption(words.BORDER_ON_CURVES)
