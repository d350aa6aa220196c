"""Predictions as cards: the face, the name it got, how much the network leans towards whom."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import streamlit as st

from core.evaluation import metrics
from ui.charts import colours
from ui.text import escape
from ui.text import test as words

A_PAGE = 24
BARS = 3


@dataclass(frozen=True)
class Prediction:
    """A face and what a network says of it.

    Attributes:
        picture: address of the face's picture.
        name: of the photo.
        true: label of the true person; None where nobody said.
        probabilities: one a person, in label order.
        sure_from: probability from which a name is said, 0 to 1.
    """

    picture: str
    name: str
    true: int | None
    probabilities: tuple[float, ...]
    sure_from: float = metrics.SURE_FROM

    @property
    def predicted(self) -> int:
        return max(range(len(self.probabilities)), key=self.probabilities.__getitem__)

    @property
    def is_sure(self) -> bool:
        return self.probabilities[self.predicted] >= self.sure_from


@dataclass(frozen=True)
class Box:
    """Where a face is in its photo, as fractions of the photo's width and height, and its prediction."""

    left: float
    top: float
    width: float
    height: float
    prediction: Prediction


def draw(predictions: Sequence[Prediction], people: Sequence[str]) -> None:
    """Draw cards in as many columns as fit."""
    st.html(f'<div class="lab-cards">{"".join(_card(each, people) for each in predictions)}</div>')


def group(picture: str, boxes: Sequence[Box], people: Sequence[str]) -> None:
    """Draw a photo of several people, each face framed in its person's colour with the name under it."""
    framed = "".join(_box(box, people) for box in boxes)
    st.html(f'<figure class="lab-group"><img src="{picture}" alt="">{framed}</figure>')


def _box(box: Box, people: Sequence[str]) -> str:
    prediction = box.prediction
    said = escape.as_html(people[prediction.predicted]) if prediction.is_sure else words.NOT_SURE
    colour = colours.person_colour(prediction.predicted) if prediction.is_sure else colours.UNSURE
    place = f"left:{100 * box.left:.2f}%;top:{100 * box.top:.2f}%;width:{100 * box.width:.2f}%"
    return (
        f'<div class="lab-box" style="{place};height:{100 * box.height:.2f}%;--lab-colour:{colour}">'
        f"<span>{said}</span></div>"
    )


def _card(prediction: Prediction, people: Sequence[str]) -> str:
    said, says = escape.as_html(people[prediction.predicted]), words.SAYS if prediction.is_sure else words.NOT_SURE_SAYS
    if prediction.true is None:
        colour, verdict, truth = colours.person_colour(prediction.predicted), "", ""
        if not prediction.is_sure:
            colour, says, truth = (
                colours.UNSURE,
                words.SAYS,
                f'<div class="lab-soft">{words.LEANS_TOWARDS} {said}</div>',
            )
            said = words.NOT_SURE
    else:
        right = prediction.true == prediction.predicted
        colour = colours.RIGHT if right else colours.WRONG
        verdict = f'<span class="lab-verdict">{words.RIGHT_SIGN if right else words.WRONG_SIGN}</span> '
        true = escape.as_html(people[prediction.true])
        truth = "" if right else f'<div class="lab-soft">{words.IS} {true}</div>'
    name, short = escape.as_html(prediction.name), escape.as_html(prediction.name.rsplit("/", 1)[-1])
    return (
        f'<div class="lab-card" style="--lab-colour:{colour}"><img src="{prediction.picture}" alt="{name}">'
        f'<div class="lab-names"><div class="lab-soft">{says}</div>'
        f'<div class="lab-says">{verdict}{said}</div>{truth}</div>'
        f'<div class="lab-bars">{_bars(prediction, people)}</div>'
        f'<div class="lab-file lab-soft lab-ellipsis" title="{name}">{short}</div></div>'
    )


def _bars(prediction: Prediction, people: Sequence[str]) -> str:
    strongest = sorted(range(len(people)), key=lambda label: -prediction.probabilities[label])[:BARS]
    return "".join(_bar(label, prediction.probabilities[label], people[label]) for label in strongest)


def _bar(label: int, probability: float, person: str) -> str:
    name, percent = escape.as_html(person), f"{100 * probability:.0f}"
    return (
        f'<span class="lab-ellipsis" title="{name}">{colours.person_mark(label)} {name}</span>'
        f'<span class="lab-bar" style="--lab-colour:{colours.person_colour(label)}">'
        f'<i style="width:{percent}%"></i></span>'
        f'<span class="lab-percent">{percent} %</span>'
    )
