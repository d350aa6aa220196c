"""The answer of a sweep in one large sentence, and what stands below it."""

from __future__ import annotations

from collections.abc import Sequence

from core.evaluation.model_selection import Verdict
from core.models.registry import backbone
from core.sweeps.naming import block_word, capital, counted, names, place_name, rounded
from core.sweeps.recommendation import point_of
from core.sweeps.results import Line

# A training that takes that much longer is worth a word.
LONGER = 1.5
CANNOT_TELL = "These photos cannot tell which is best."
UNLEARNED = "What is as good here did not learn in every try."
TOO_EASY = "Everything was right everywhere: this exam is too easy to tell them apart."
HELPS = {
    "photos": "More photos in the final exam would help most.",
    "tries": "More tries would help most.",
}


def _right(line: Line, arm: int) -> int:
    return rounded(point_of(line, arm).correct)


def _named(line: Line, arms: Sequence[int]) -> str:
    return names([place_name(line, point_of(line, arm)).text for arm in arms])


def headline(line: Line, found: Verdict) -> str:
    """Return the answer, with its number."""
    if found.kind == "nothing_learned":
        came = _range(line, range(len(line.points)))
        return f"Nothing is clearly better than guessing: {came} of {found.total}. Guessing gives {found.guessing}."
    if found.take is None:
        return UNLEARNED if found.kind == "unlearned" else CANNOT_TELL
    taken, came = place_name(line, point_of(line, found.take)), f"{_right(line, found.take)} of {found.total}"
    if found.kind == "alone":
        return f"{taken.first}: {came}."
    if found.kind == "cheapest" and is_all_frozen(line, found.take):
        fastest = ", and fastest" if _is_fastest(line, found.take) else ""
        return f"Keep all {block_word(line.start.backbone)}s frozen: just as good{fastest}."
    return f"{taken.first} {taken.verb} {'best' if found.kind == 'best' else 'enough'}: {came}."


def is_all_frozen(line: Line, arm: int) -> bool:
    """Tell whether a setting is the one at which only the new last layers learn."""
    units = backbone(line.start.backbone).architecture.units
    return line.axis == "depth" and point_of(line, arm).value == len(units)


def _is_fastest(line: Line, arm: int) -> bool:
    return point_of(line, arm).seconds <= min(point.seconds for point in line.points)


def _range(line: Line, arms: Sequence[int]) -> str:
    right = sorted(_right(line, arm) for arm in arms)
    return str(right[0]) if right[0] == right[-1] else f"{right[0]} to {right[-1]}"


def second(line: Line, found: Verdict) -> list[str]:
    """Say what the others gave and what they cost; a word about a difference only where the rule has said it."""
    if found.kind == "nothing_learned":
        if not found.can_tell_from_guessing:
            return [_too_small(found)]
        more = "More practice photos or more rounds" if line.start.pretrained else "A network that has learned before"
        return [f"{more} may help."]
    if found.kind == "alone":
        return ["Only this one was tried, so there is nothing to compare it with."]
    if found.kind == "unlearned":
        return ["So nothing is recommended."]
    if found.take is None:
        return _when_it_cannot_tell(line, found)
    if found.kind == "best":
        return ["All others are clearly worse.", *_others_gave(line, found.take)]
    return _when_it_is_enough(line, found, found.take)


def _others_gave(line: Line, take: int) -> list[str]:
    arms = range(len(line.points))
    said = (_gave(line, arms[:take], more=False), _gave(line, arms[take + 1 :], more=True))
    return [each for each in said if each]


def _gave(line: Line, arms: Sequence[int], *, more: bool) -> str:
    """Say what those on one side of the taken one gave."""
    if not arms:
        return ""
    best = max(_right(line, arm) for arm in arms)
    if len(arms) == 1:
        return f"{place_name(line, point_of(line, arms[0])).first} gave {best}."
    return f"{_more(line) if more else _less(line)} gave {best} at most."


def _when_it_is_enough(line: Line, found: Verdict, take: int) -> list[str]:
    if all(point.correct == found.total for point in line.points):
        return [TOO_EASY]
    said = [f"It gave {_right(line, take)} of {found.total}."] if is_all_frozen(line, take) else []
    worse = [arm for arm in range(take) if found.standings[arm].word == "clearly_worse"]
    said += _worse(line, worse) if worse else []
    if len(worse) < take:
        said.append(f"Whether {_less(line).lower()} {_are(line)} enough too, these photos cannot tell.")
    return [*said, *_what_more_gave(line, take)]


def _what_more_gave(line: Line, take: int) -> list[str]:
    more = range(take + 1, len(line.points))
    if not more:
        return []
    longer = _longer(line, take, more)
    gave = f"gave {max(_right(line, arm) for arm in more)}{' at most' if len(more) > 1 else ''}"
    return [f"{_more(line)} {gave}{f' and {longer}' if longer else ''}."]


def _worse(line: Line, arms: Sequence[int]) -> list[str]:
    if len(arms) == 1:
        name = place_name(line, point_of(line, arms[0]))
        return [f"{name.first} {name.verb} clearly worse: {_right(line, arms[0])}."]
    return [f"Clearly worse: {_named(line, arms)}, {_range(line, arms)}."]


def _when_it_cannot_tell(line: Line, found: Verdict) -> list[str]:
    worse, level = (
        found.those("clearly_worse"),
        [arm for arm, each in enumerate(found.standings) if each.word != "clearly_worse"],
    )
    said = _worse(line, worse) if worse else []
    which = counted(len(level), "stop" if line.axis == "depth" else "setting", spelled=True)
    said.append(f"The {'other ' if worse else ''}{which} gave {_range(line, level)} of {found.total}.")
    if not found.can_show:
        return [*said, _too_small(found)]
    helps = [each.helps for each in found.standings if each.helps]
    if helps:
        said.append(HELPS["tries" if helps.count("tries") >= len(helps) / 2 else "photos"])
    return said


def _too_small(found: Verdict) -> str:
    if found.takes < found.total:
        return "The photos of this final exam show too few different moments to tell."
    return "This final exam has too few photos to tell."


def _more(line: Line) -> str:
    if line.axis == "depth":
        return "Retraining more" if line.start.pretrained else "Training more"
    return "More photos" if line.axis == "photos" else "Larger faces"


def _less(line: Line) -> str:
    if line.axis == "depth":
        return "Retraining less" if line.start.pretrained else "Training less"
    return "Fewer photos" if line.axis == "photos" else "Smaller faces"


def _are(line: Line) -> str:
    return "is" if line.axis == "depth" else "are"


def _longer(line: Line, taken: int, arms: Sequence[int]) -> str:
    """Say how much longer others took than the taken one; empty where that is hardly longer."""
    own = point_of(line, taken).seconds
    most = max((point_of(line, arm).seconds for arm in arms), default=0.0)
    if not own > 0 or most / own < LONGER:
        return ""
    # Rounded down: "up to" must not promise more than was measured. Halves only while they matter.
    times = int(2 * most / own) / 2 if most / own < 3 else int(most / own)
    return f"took up to {times:g} times as long"


def unlearned(line: Line) -> tuple[str, ...]:
    """Say of each stop in how many tries not all learned that was to learn, so that it shows what it is called."""
    said = []
    for point in line.points:
        if point.unlearned:
            tries = f"in {point.unlearned} of {counted(len(point.results), 'try')}"
            kept = f"a round was kept from before all {block_word(line.start.backbone)}s that were to learn did"
            said.append(f"{capital(place_name(line, point).text)}: {tries}, {kept}.")
    return tuple(said)
