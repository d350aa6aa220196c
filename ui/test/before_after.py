"""Before and now: a result beside one that differs in one setting, on the same photos, with those that changed."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from core.data.dataset import Dataset
from core.experiments import baseline, compare_runs
from core.experiments.compare_runs import Changed, PairedRuns, Setting
from core.experiments.listing import ListedRun
from core.experiments.predictions import Predictions
from core.experiments.runs import Run
from core.workspace import Workspace
from ui.charts import colours
from ui.components import faces
from ui.state import Widget
from ui.text import common, escape, runs
from ui.text import test as words

# As many faces as fit in a row; some of the broken ones are always among them.
MOST_FACES, SOME_BROKEN = 11, 4
STYLE = f"--lab-right:{colours.RIGHT};--lab-wrong:{colours.WRONG}"


def show(workspace: Workspace, row: ListedRun, tested: Sequence[ListedRun]) -> None:
    """Draw a run beside its baseline, or beside an earlier run of the user's choice.

    Args:
        tested: all finished runs, those of sweeps too.
    """
    rows = {other.id: other for other in sorted(tested, key=lambda other: other.id, reverse=True)}
    others = baseline.Tested([other.run for other in rows.values()])
    fair = others.baseline(row.run)
    earlier = [rows[run.id] for run in others.earlier(row.run)]
    offered = [other for other in earlier if other.number or (fair and other.run == fair.run)]
    if not offered:
        return
    with st.container(border=True, gap="xsmall"):
        said, choice = st.columns([3, 1.1], vertical_alignment="center")
        with choice:
            before = _baseline(row, rows[fair.run.id] if fair else None, offered)
        if before is None:
            said.markdown(words.NOTHING_FAIR)
        else:
            _compared(workspace, before, row, said)


def _compared(workspace: Workspace, before: ListedRun, row: ListedRun, said: DeltaGenerator) -> None:
    """Draw what changed from one run to another."""
    changes = compare_runs.compare_runs(before.run, row.run)
    if changes is None:
        said.markdown(words.NONE_IN_BOTH)
        return
    differ = baseline.between(before.run, row.run)
    was, now = (runs.settings(each.run, differ) for each in (before, row))
    which = common.experiment(before.number)
    said.markdown(
        f"**{words.before_and_now(which, was, now, changes.right_before, changes.right_now, changes.total)}**"
    )
    said.markdown(" ".join([*verdict(changes, row.run), *_what_differs(before.run, row.run, differ)]))
    _changed(workspace, row.run, changes)


def _baseline(row: ListedRun, fair: ListedRun | None, offered: Sequence[ListedRun]) -> ListedRun | None:
    """Ask which earlier run this one is compared with, where there is a choice; None before one was chosen."""
    by_id = {other.id: other for other in offered}
    if fair and len(by_id) == 1:
        return fair
    chosen = st.selectbox(
        words.HELD_AGAINST,
        list(by_id),
        index=list(by_id).index(fair.id) if fair else None,
        format_func=lambda run_id: _title(by_id[run_id]),
        placeholder=words.CHOOSE_ONE,
        key=Widget.HELD_AGAINST.of(row.id, len(by_id)),
    )
    return by_id.get(chosen)


def _title(row: ListedRun) -> str:
    return words.earlier(row.number, common.exam(row.correct or 0, row.total or 0), runs.what_learned(row))


def _what_differs(before: Run, now: Run, differ: Sequence[Setting]) -> list[str]:
    """Comment on more than one difference; empty where there is at most one."""
    if baseline.count_between(before, now) < 2:
        return []
    is_all = set(differ) == {"start", "freeze"}
    if is_all and baseline.follows(before.requested_config, now.requested_config):
        return [common.MUST_LEARN]
    return [words.too_many_differ(differ)]


def verdict(changes: PairedRuns, run: Run) -> list[str]:
    """Say how many photos changed, whether that could be luck, and how many photos that rests on.

    Args:
        run: the newer run.
    """
    said = [words.fixed_and_broke(len(changes.fixed), len(changes.broken))]
    if changes.fixed or changes.broken:
        said.append(words.CLEAR_DIFFERENCE if changes.changes.is_clear else words.COULD_BE_LUCK)
    if changes.total < sum(item.person is not None for item in run.dataset.of("test")):
        said.append(words.both_had(changes.total))
    return said


def _changed(workspace: Workspace, run: Run, changes: PairedRuns) -> None:
    """Draw the photos whose answer changed, the old name struck through."""
    given, dataset = run.predictions(), run.dataset
    if given is None or not (changes.fixed or changes.broken):
        return

    def face(changed: Changed, sign: str) -> str:
        was, now = escape.as_html(changed.before), escape.as_html(changed.now)
        return (
            f"<figure>{picture(workspace, dataset, given, changed)}<figcaption>"
            f'<s class="lab-ellipsis" title="{was}">{was}</s>'
            f'<b class="lab-ellipsis" title="{now}">{sign} {now}</b></figcaption></figure>'
        )

    def row(title: str, css_class: str, sign: str, found: Sequence[Changed], most: int) -> str:
        if not found:
            return ""
        more = len(found) - most
        rest = f'<span class="lab-soft">{words.and_others(more)}</span>' if more > 0 else ""
        # Spread over all test photos: the first ones would all show the same person.
        places = np.unique(np.linspace(0, len(found) - 1, most).round().astype(int)) if more > 0 else range(len(found))
        shown = "".join(face(found[place], sign) for place in places)
        return f'<section class="{css_class}" aria-label="{title}">{shown}{rest}</section>'

    most = min(len(changes.broken), max(SOME_BROKEN, MOST_FACES - len(changes.fixed)))
    fixed = row(words.FIXED, "lab-fixed", words.RIGHT_SIGN, changes.fixed, MOST_FACES - most)
    broken = row(words.BROKE, "lab-broken", words.WRONG_SIGN, changes.broken, most)
    st.html(f'<div class="lab-before" style="{STYLE}">{fixed}{broken}</div>')


def picture(workspace: Workspace, dataset: Dataset, given: Predictions, changed: Changed) -> str:
    """Return the picture of a photo whose answer changed, as HTML that says the true name and both answers as well."""
    place = changed.place
    true = dataset.people[int(given.labels[place])]
    alt = words.now_says(*map(escape.as_html, (changed.before, changed.now, true)))
    source = faces.face_of(workspace, dataset, given.sha256s[place], given.faces[place])
    return f'<img src="{source}" alt="{alt}">'
