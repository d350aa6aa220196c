"""Before and now: a result held against one that differs in one thing, on the same photos, with those that changed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence

import numpy as np
import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from core.data.dataset import Dataset
from core.experiments import baseline, compare_runs
from core.experiments.compare_runs import Changed, RunComparison, Setting
from core.experiments.listing import ListedRun
from core.experiments.runs import Predictions, Run
from core.models import registry
from core.workspace import Workspace
from ui.charts import colours
from ui.components import faces
from ui.state import Widget
from ui.text import blocks, common, escape
from ui.text import test as words
from ui.text import train as train_words

# As many faces as fit beside each other; of the broken ones some always, where there are any.
MOST_FACES, SOME_BROKEN = 11, 4
FEW_SETTINGS = 3
STYLE = f"--lab-right:{colours.RIGHT};--lab-wrong:{colours.WRONG}"


def and_now(workspace: Workspace, row: ListedRun, everything: Sequence[ListedRun]) -> None:
    """Draw an experiment beside the one it is fair to hold it against, or beside an earlier one of the user's choice.

    Args:
        everything: all experiments, those of comparisons too.
    """
    rows = {other.id: other for other in sorted(everything, key=lambda other: other.id, reverse=True)}
    tested = [other.run for other in rows.values() if other.is_tested]
    fair = baseline.find_baseline(row.run, tested)
    earlier = [rows[run.id] for run in baseline.earlier(row.run, tested)]
    offered = [other for other in earlier if other.number or (fair and other.run == fair.run)]
    if not offered:
        return
    with st.container(border=True, gap="xsmall"):
        said, choice = st.columns([3, 1.1], vertical_alignment="center")
        with choice:
            before = _chosen(row, rows[fair.run.id] if fair else None, offered)
        if before is None:
            said.markdown(words.NOTHING_FAIR)
        else:
            _held(workspace, before, row, said)


def _held(workspace: Workspace, before: ListedRun, row: ListedRun, said: DeltaGenerator) -> None:
    """Draw what changed from one experiment to another."""
    told = compare_runs.compare_runs(before.run, row.run)
    if told is None:
        said.markdown(words.NONE_IN_BOTH)
        return
    differ = baseline.between(before.run, row.run)
    was, now = (described(each.run, differ) for each in (before, row))
    which = common.experiment(before.number)
    said.markdown(f"**{words.before_and_now(which, was, now, told.right_before, told.right_now, told.total)}**")
    said.markdown(" ".join([*verdict(told, row.run), *_what_differs(before.run, row.run, differ)]))
    _changed(workspace, row.run, told)


def _chosen(row: ListedRun, fair: ListedRun | None, offered: Sequence[ListedRun]) -> ListedRun | None:
    """Draw which earlier experiment this one is held against, where there is a choice; None: none was made yet."""
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
    return words.earlier(row.number, common.exam(row.correct or 0, row.total or 0), learned(row))


def _what_differs(before: Run, now: Run, differ: Sequence[Setting]) -> list[str]:
    """Say what to think of more than one difference; nothing where there is one at most."""
    if baseline.count_between(before, now) < 2:
        return []
    is_all = set(differ) == {"start", "freeze"}
    if is_all and baseline.follows(compare_runs.requested_config(before), compare_runs.requested_config(now)):
        return [common.MUST_LEARN]
    return [words.too_many_differ(differ)]


def described(run: Run, differ: Sequence[Setting]) -> str:
    """Say in a few words what an experiment had for those settings that differ."""
    told = [setting(run, each) for each in differ]
    return ", ".join([part for part in told if part][:FEW_SETTINGS])


def setting(run: Run, which: Setting) -> str:
    """Say in a few words what an experiment had for one setting; empty where there is nothing to say."""
    config = compare_runs.requested_config(run)
    said: dict[Setting, Callable[[], str]] = {
        "network": lambda: registry.backbone(config.backbone).title,
        "start": lambda: words.started(config.pretrained, config.backbone),
        "freeze": lambda: blocks.did(config, run.outcome()),
        "size": lambda: train_words.pixels(config.image_size_px),
        "epochs": lambda: common.rounds(config.epochs),
        "photos": lambda: common.photos_each(config.train_per_class or _all_photos(run.dataset)),
        "data": lambda: words.practice_photos(len(run.dataset.of("train"))),
    }
    return said[which]() if which in said else ""


def learned(row: ListedRun) -> str:
    """Say in a few words what learned in an experiment that has ended, or is to; and that it was untrained."""
    done = row.total is not None and (row.config.pretrained or not row.outcome.retrained)
    what = blocks.did(row.config, row.outcome) if done else blocks.told(row.config)
    return what if row.config.pretrained else f"{common.UNTRAINED}, {what}"


def _all_photos(dataset: Dataset) -> int | None:
    """Return how many practice photos everybody has; None where that is not one number."""
    numbers = set(Counter(item.person for item in dataset.of("train")).values())
    return numbers.pop() if len(numbers) == 1 else None


def verdict(told: RunComparison, run: Run) -> list[str]:
    """Say how many photos changed, whether that could be luck, and how many photos that rests on.

    Args:
        run: the newer experiment.
    """
    said = [words.fixed_and_broke(len(told.fixed), len(told.broken))]
    if told.fixed or told.broken:
        said.append(words.CLEAR_DIFFERENCE if told.changes.is_clear else words.COULD_BE_LUCK)
    if told.total < sum(item.person is not None for item in run.dataset.of("test")):
        said.append(words.both_had(told.total))
    return said


def _changed(workspace: Workspace, run: Run, told: RunComparison) -> None:
    """Draw the photos whose answer changed, the old name struck through."""
    given, dataset = run.predictions(), run.dataset
    if given is None or not (told.fixed or told.broken):
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
        # From all over the exam: the first ones would all show the same person.
        places = np.unique(np.linspace(0, len(found) - 1, most).round().astype(int)) if more > 0 else range(len(found))
        shown = "".join(face(found[place], sign) for place in places)
        return f'<section class="{css_class}" aria-label="{title}">{shown}{rest}</section>'

    most = min(len(told.broken), max(SOME_BROKEN, MOST_FACES - len(told.fixed)))
    fixed = row(words.FIXED, "lab-fixed", words.RIGHT_SIGN, told.fixed, MOST_FACES - most)
    broken = row(words.BROKE, "lab-broken", words.WRONG_SIGN, told.broken, most)
    st.html(f'<div class="lab-before" style="{STYLE}">{fixed}{broken}</div>')


def picture(workspace: Workspace, dataset: Dataset, given: Predictions, changed: Changed) -> str:
    """Return the picture of a photo whose answer changed, as HTML that says the true name and both answers as well."""
    place = changed.place
    true = dataset.people[int(given.labels[place])]
    alt = words.now_says(*map(escape.as_html, (changed.before, changed.now, true)))
    source = faces.face_of(workspace, dataset, given.sha256s[place], given.faces[place])
    return f'<img src="{source}" alt="{alt}">'
