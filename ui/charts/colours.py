"""Colours that mean something, and mean it everywhere: one a person, one a split, one each for right and wrong.

People: Okabe & Ito, "Color Universal Design", 2008, and three more that stay apart from them for colour-blind eyes
(wine and olive of Tol's muted scheme, and grey). After ten people the colours repeat with another mark.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from core.config import Split

PERSON_COLOURS: tuple[str, ...] = (
    "#0072B2",
    "#E69F00",
    "#009E73",
    "#CC79A7",
    "#D55E00",
    "#56B4E9",
    "#F0E442",
    "#882255",
    "#999933",
    "#8C8C8C",
)
PERSON_MARKS: tuple[str, ...] = ("●", "◆", "▲", "■", "★", "▼", "✚", "⬟", "◐", "◩")
SPLIT_COLOURS: dict[Split, str] = {"train": "#8F62BD", "validation": "#E8830C", "test": "#12869B"}
RIGHT, WRONG, UNSURE = "#1F9D57", "#C8402F", "#7C8894"
# Guessing and other lines that are nobody's; readable on a light page and on a dark one.
NEUTRAL = "#76808A"
# From few to many; white numbers are readable on all of it, on a light page and on a dark one.
RIGHT_SCALE: tuple[str, str] = ("#3FA36C", "#0D6A37")
WRONG_SCALE: tuple[str, str] = ("#D9705F", "#A5271A")


def person_colour(label: int) -> str:
    """Return the colour of the person with this number in label order."""
    return PERSON_COLOURS[label % len(PERSON_COLOURS)]


def person_mark(label: int) -> str:
    """Return the sign that tells people of the same colour apart; the first ten share one."""
    return PERSON_MARKS[label // len(PERSON_COLOURS) % len(PERSON_MARKS)]
