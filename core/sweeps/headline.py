"""The answer of a sweep in one large sentence, and what stands below it."""

from __future__ import annotations

from collections.abc import Sequence

from core.evaluation.verdict import Verdict
from core.sweeps.judging import point_of
from core.sweeps.naming import capital, learning, place_name, rounded
from core.sweeps.results import Line

# A training that takes that much longer is worth a word.
LONGER = 1.5


# Said of fewer right answers that the photos alone would call clear.
LUCK = "That could be luck. More tries would tell."


def _right(line: Line, arm: int) -> int:
    return rounded(point_of(line, arm).correct)


def headline(line: Line, found: Verdict) -> str:
    """Give the answer, with its number."""
    taken, right, total = place_name(line, point_of(line, found.take)), _right(line, found.take), found.total
    if found.kind == "nothing_learned":
        came = _range(line, range(len(line.points)))
        return f"Nothing is clearly better than guessing: {came} of {total}. Guessing gives {found.guessing}."
    if not found.paired:
        return f"{taken.first}: {right} of {total}."
    if found.kind != "no_winner":
        return f"{taken.first} {taken.verb} {found.kind}: {right} of {total}."
    if found.is_contradicted:
        return "No clear winner: the two exams disagree."
    if found.in_doubt:
        return f"{taken.first} {taken.looks} best: {right} of {total}."
    return f"No clear winner: {_range(line, range(len(line.points)))} of {total}. {_take_the_cheapest(line, found)}"


def _range(line: Line, arms: Sequence[int]) -> str:
    right = sorted(_right(line, arm) for arm in arms)
    return str(right[0]) if right[0] == right[-1] else f"{right[0]} to {right[-1]}"


def _take_the_cheapest(line: Line, found: Verdict) -> str:
    point = point_of(line, found.take)
    if line.axis == "photos":
        return f"Take {place_name(line, point).text}: that is the fewest."
    if line.axis == "size":
        return f"Take {place_name(line, point).text}: those are the smallest."
    is_fastest = point.seconds <= min(other.seconds for other in line.points)
    what = learning(line, point.value or 0).replace("ing ", " ", 1)
    return f"{capital(what)}: that is the {'fastest' if is_fastest else 'least'}."


def second(line: Line, found: Verdict) -> list[str]:
    """Say what the others gave and what they cost; a claim about a difference only where the rule has looked at it."""
    if found.kind == "nothing_learned":
        if not found.can_tell_from_guessing:
            return [_too_small(found)]
        more = "More practice photos or more rounds" if line.start.pretrained else "A network that has learned before"
        return [f"{more} may help."]
    if not found.paired:
        return ["Nothing else was tried, so there is nothing to compare it with."]
    return {"best": _when_best, "enough": _when_enough, "no_winner": _when_no_winner}[found.kind](line, found)


def _when_best(line: Line, found: Verdict) -> list[str]:
    arms = range(len(line.points))
    said = [_others(line, [arm for arm in arms if arm < found.take], more=False)]
    said.append(_others(line, [arm for arm in arms if arm > found.take], more=True))
    return [each for each in said if each]


def _when_enough(line: Line, found: Verdict) -> list[str]:
    above = range(found.take + 1, len(line.points))
    longer = _longer(line, found.take, above)
    more = _more(line)
    if not above:
        gain = ""
    elif found.picked == found.take or max(_right(line, arm) for arm in above) <= _right(line, found.take):
        # None has more right answers at all, or each was held against this one.
        has_more = max(_right(line, arm) for arm in above) > _right(line, found.take)
        gain = f"{more} did not {'clearly ' if has_more else ''}help{f' and {longer}' if longer else ''}."
    else:
        best = place_name(line, point_of(line, found.picked))
        gain = f"{best.first}, best in the mock exam, gave {_right(line, found.picked)}: not clearly more."
        gain += f" {more} {longer}." if longer else ""
    said = [gain, _others(line, range(found.take), more=False), LUCK if found.in_doubt else ""]
    return [each for each in said if each]


def _when_no_winner(line: Line, found: Verdict) -> list[str]:
    arms = range(len(line.points))
    if found.is_contradicted:
        best = max((each for each in found.paired if each.is_clear), key=lambda each: each.difference)
        picked, other = (place_name(line, point_of(line, arm)) for arm in (found.picked, best.arm))
        return [
            f"The mock exam picked {picked.text}: {_right(line, found.picked)} in the final exam.",
            f"There, {other.text} gave {_right(line, best.arm)}, clearly more.",
        ]
    if found.in_doubt:
        return [_others(line, range(found.take), more=False), LUCK]
    correct = {point.correct for point in line.points}
    if correct == {found.total}:
        said = ["Everything was right everywhere: this exam is too easy to tell."]
    elif len(correct) == 1:
        said = ["All gave the same number of right answers."]
    elif not found.can_tell_apart:
        said = [_too_small(found)]
    else:
        said = ["Such differences can be luck."]
    longer = _longer(line, found.take, arms[found.take + 1 :])
    return [*said, f"{_more(line)} {longer}."] if longer else said


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


def _others(line: Line, arms: Sequence[int], *, more: bool) -> str:
    """Say what those on one side of the taken one gave."""
    if not arms:
        return ""
    best = max(_right(line, arm) for arm in arms)
    if len(arms) == 1:
        return f"{place_name(line, point_of(line, arms[0])).first} gave {best}."
    return f"{_more(line) if more else _less(line)} gave {best} at most."


def _longer(line: Line, taken: int, arms: Sequence[int]) -> str:
    """Say how much longer others took than the taken one; empty where that is hardly longer."""
    own = point_of(line, taken).seconds
    most = max((point_of(line, arm).seconds for arm in arms), default=0.0)
    if not own > 0 or most / own < LONGER:
        return ""
    # Rounded down: "up to" must not promise more than was measured. Halves only while they matter.
    times = int(2 * most / own) / 2 if most / own < 3 else int(most / own)
    return f"took up to {times:g} times as long"
