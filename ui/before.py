"""Before and now: a result held against the one before it, on the same photos, with the photos that changed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence

import numpy as np
import streamlit as st

from core import comparison
from core.comparison import BeforeAndNow, Changed, Setting
from core.config import TrainConfig
from core.evaluation import colours
from core.experiments import Row
from core.models import backbones
from core.photos.dataset import Dataset
from core.runs import Predictions, Run
from core.workspace import Workspace
from ui import blocks, faces, text, words
from ui.state import Widget
from ui.strip import parts

# As many faces as fit beside each other; of the broken ones some always, where there are any.
MOST_FACES, SOME_BROKEN = 11, 4
FEW_SETTINGS = 3
STYLE = f"--lab-right:{colours.RIGHT};--lab-wrong:{colours.WRONG}"


def and_now(workspace: Workspace, row: Row, tested: Sequence[Row]) -> None:
    """Draw an experiment beside the one before it, or an earlier one of the user's choice; nothing where there is none.

    Args:
        tested: all finished experiments, newest first.
    """
    last = comparison.previous(row.run, [other.run for other in tested])
    if last is None:
        return
    with st.container(border=True, gap="xsmall"):
        said, choice = st.columns([3, 1.1], vertical_alignment="center")
        with choice:
            before = _chosen(row, last, tested)
        told = comparison.hold_against(before.run, row.run)
        if told is None:
            st.markdown(words.NONE_IN_BOTH)
            return
        differ = comparison.differences(comparison.asked_for(before.run), comparison.asked_for(row.run))
        was, now = (described(each.run, differ) for each in (before, row))
        which = words.LAST_TIME if before.run == last else words.experiment(_number(before, tested))
        said.markdown(f"**{words.before_and_now(which, was, now, told.right_before, told.right_now, told.total)}**")
        said.markdown(" ".join(verdict(told, row.run, differ)))
        _changed(workspace, row.run, told)


def _chosen(row: Row, last: Run, tested: Sequence[Row]) -> Row:
    """Draw which earlier experiment this one is held against, where there are several."""
    mine = {run.id for run in comparison.tested_with(row.run.dataset.id, [other.run for other in tested])}
    earlier = {other.id: other for other in tested if other.id < row.id and other.id in mine | {last.id}}
    if len(earlier) < 2:
        return earlier[last.id]
    chosen = st.selectbox(
        words.HELD_AGAINST,
        list(earlier),
        index=list(earlier).index(last.id),
        format_func=lambda run_id: _title(earlier[run_id], tested),
        key=Widget.HELD_AGAINST.of(row.id, len(earlier)),
    )
    return earlier[chosen]


def _title(row: Row, tested: Sequence[Row]) -> str:
    return words.earlier(_number(row, tested), words.exam(row.correct or 0, row.total or 0), learned(row.config))


def _number(row: Row, tested: Sequence[Row]) -> int:
    """Give the number an experiment has in the list of all."""
    return len(tested) - [other.id for other in tested].index(row.id)


def described(run: Run, differ: Sequence[Setting]) -> str:
    """Say in a few words what an experiment had for those settings that differ."""
    told = [setting(run, each) for each in differ]
    return ", ".join([part for part in told if part][:FEW_SETTINGS])


def setting(run: Run, which: Setting) -> str:
    """Say in a few words what an experiment had for one setting; empty where there is nothing to say."""
    config = comparison.asked_for(run)
    said: dict[Setting, Callable[[], str]] = {
        "network": lambda: backbones.backbone(config.backbone).title,
        "start": lambda: words.started(config.pretrained, config.backbone),
        "freeze": lambda: _frozen(config),
        "size": lambda: words.pixels(config.image_size_px),
        "rounds": lambda: words.rounds(config.epochs),
        "photos": lambda: words.photos_each(config.train_per_class or _all_photos(run.dataset)),
    }
    return said[which]() if which in said else ""


def learned(config: TrainConfig) -> str:
    """Say in two or three words what of a network was retrained, or that it started from nothing."""
    return _frozen(config) if config.pretrained else words.FROM_NOTHING


def _all_photos(dataset: Dataset) -> int | None:
    """Give how many practice photos everybody has; None where that is not one number."""
    numbers = set(Counter(item.person for item in dataset.of("train")).values())
    return numbers.pop() if len(numbers) == 1 else None


def _frozen(config: TrainConfig) -> str:
    """Say what was retrained; of a network that starts from nothing, nothing was."""
    network, depth = backbones.backbone(config.backbone).architecture, backbones.frozen_units(config)
    whole = blocks.whole_blocks(network, depth)
    if not config.pretrained:
        return words.frozen_short(depth, len(network.units), whole) if depth else ""
    if whole is None:
        return words.retrained(depth + 1, len(network.units), len(network.units), words.LAYER)
    return words.retrained(whole + 1, len(network.blocks), len(network.blocks), parts.block_word(network))


def verdict(told: BeforeAndNow, run: Run, differ: Sequence[Setting]) -> list[str]:
    """Say how many photos changed, whether that could be luck, and what else to know before it is believed.

    Args:
        run: the newer experiment.
        differ: the settings that differ.
    """
    said = [words.fixed_and_broke(len(told.fixed), len(told.broken))]
    if told.fixed or told.broken:
        said.append(words.CLEAR_DIFFERENCE if told.comparison.is_clear else words.COULD_BE_LUCK)
    if told.total < sum(item.person is not None for item in run.dataset.of("test")):
        said.append(words.both_had(told.total))
    if "other" in differ:
        said.append(words.ADVANCED_TOO)
    return said


def _changed(workspace: Workspace, run: Run, told: BeforeAndNow) -> None:
    """Draw the photos whose answer changed, the old name struck through."""
    given, dataset = run.predictions(), run.dataset
    if given is None or not (told.fixed or told.broken):
        return

    def face(changed: Changed, sign: str) -> str:
        was, now = text.as_html(changed.before), text.as_html(changed.now)
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
    """Give the picture of a photo whose answer changed, as HTML that says the true name and both answers as well."""
    place = changed.place
    true = dataset.people[int(given.labels[place])]
    alt = words.now_says(*map(text.as_html, (changed.before, changed.now, true)))
    source = faces.face_of(workspace, dataset, given.sha256s[place], given.faces[place])
    return f'<img src="{source}" alt="{alt}">'
