"""The two questions of the lab, answered by one line: with all blocks frozen, and how many must learn."""

from __future__ import annotations

from core.data.dataset import Dataset
from core.evaluation.model_selection import Verdict
from core.models.registry import backbone as network
from core.sweeps.headline import is_all_frozen
from core.sweeps.naming import (
    block_word,
    capital,
    counted,
    network_name,
    place_name,
    practice_photos,
    rounded,
    stop_name,
)
from core.sweeps.recommendation import point_of
from core.sweeps.results import Line


def setting(line: Line, dataset: Dataset) -> str:
    """Say which network, people, photos and tries a line has."""
    said = [network_name(line.start).removeprefix("the ")]
    said.append(counted(len(dataset.people), "person", spelled=True))
    if line.axis != "photos":
        said.append(practice_photos(dataset, line.fixed.photos))
    if line.axis != "depth":
        said.append(_learned(line))
    said.append(f"{counted(line.points[0].planned, 'try')} {'a stop' if line.axis == 'depth' else 'each'}")
    return capital(f"{', '.join(said)}.")


def _learned(line: Line) -> str:
    """Say what learned where that is the same for all: "block 5 retrained"."""
    return f"{stop_name(line.start.backbone, line.fixed.depth)} {'retrained' if line.start.pretrained else 'trained'}"


def question_one(line: Line, found: Verdict) -> str:
    """Say how well the network does with all blocks frozen, as far as that was tried."""
    n = len(network(line.start.backbone).architecture.units)
    frozen = f"with all {block_word(line.start.backbone)}s frozen"
    asked = next((p for p in line.points if p.value == n), None) if line.axis == "depth" else line.points[-1]
    if asked is None or (line.axis != "depth" and line.fixed.depth != n):
        return f"Here {network_name(line.start)} was not tried {frozen}."
    with_what, which = capital(frozen), " new photos"
    if line.axis != "depth":
        with_what, which = f"{with_what} and {place_name(line, asked).text}", ""
    return (
        f"{with_what}, {network_name(line.start)} gets {rounded(asked.correct)} of {found.total}{which} right. "
        f"Guessing gives {found.guessing}."
    )


def question_two(line: Line, found: Verdict) -> str:
    """Say how many of the network's layers must be retrained, as far as the exam can tell."""
    named = capital(network_name(line.start))
    word = "retrained" if line.start.pretrained else "trained"
    if line.axis != "depth":
        return f"{named} had {_learned(line)} every time. So this does not say how many layers must be {word}."
    blocks = f"{block_word(line.start.backbone)}s"
    if found.kind == "nothing_learned":
        return f"{named} learned nothing that this exam can show. How many {blocks} must be {word} stays open."
    if found.kind == "alone":
        return f"{named} was tried one way only. How many {blocks} must be {word} stays open."
    if found.take is None:
        some = found.standings[0].word == "clearly_worse" and is_all_frozen(line, 0)
        said = f"These photos cannot tell how many {blocks} must be {word} in {network_name(line.start)}."
        return f"{said} Some must be: with all frozen it is clearly worse." if some else said
    taken = point_of(line, found.take)
    right = f"{rounded(taken.correct)} of {found.total}"
    amount = _amount(line.start.backbone, taken.value or 0)
    said = f"{named} {_how(found, found.take)} {amount} {word}: {right}."
    tried = {point.value for point in line.points}
    stops = network(line.start.backbone).architecture.freeze_boundaries()
    return said if tried >= set(stops) else f"{said} Not every number of {blocks} was tried."


def _how(found: Verdict, take: int) -> str:
    """Say what is known of less: it is needed only where all that was tried with less is clearly worse."""
    if found.kind == "best":
        return "is best with"
    less = found.standings[:take]
    return "needs" if less and all(each.word == "clearly_worse" for each in less) else "can do with"


def _amount(name: str, depth: int) -> str:
    """Say how much is retrained: "1 of its 5 blocks (3 of 13 layers)"."""
    architecture = network(name).architecture
    stops, n = architecture.freeze_boundaries(), len(architecture.units)
    layers = f"{n - depth} of {n} layers"
    if depth == n:
        return f"none of its {len(stops) - 1} {block_word(name)}s"
    if depth not in stops:
        return layers.replace("of", "of its", 1)
    if depth == 0:
        return f"all of its {len(stops) - 1} {block_word(name)}s ({n} layers)"
    return f"{len(stops) - 1 - stops.index(depth)} of its {len(stops) - 1} {block_word(name)}s ({layers})"
