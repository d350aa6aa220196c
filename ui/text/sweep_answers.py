"""The answer of a sweep in one large sentence, what stands below it, and the answers to the lab's two questions."""

from __future__ import annotations

from collections.abc import Sequence

from core.data.dataset import Dataset
from core.evaluation.model_selection import NeedsMore, Verdict
from core.models.registry import backbone
from core.sweeps.recommendation import point_of
from core.sweeps.results import Line
from ui.text.common import capital
from ui.text.sweep_names import (
    block_word,
    listed,
    network_name,
    point_name,
    practice_photos,
    rounded,
    spelled,
    trained_part,
    tries,
)

# A training that takes that much longer is worth a word.
LONGER = 1.5
CANNOT_TELL = "These photos cannot tell which is best."
UNLEARNED = "What is as good here did not learn in every try."
TOO_EASY = "Everything was right everywhere: this exam is too easy to tell them apart."
NEEDS_MORE: dict[NeedsMore, str] = {
    "": "",
    "photos": "More photos in the final exam would help most.",
    "tries": "More tries would help most.",
}


def _right(line: Line, setting: int) -> int:
    return rounded(point_of(line, setting).correct)


def _named(line: Line, settings: Sequence[int]) -> str:
    return listed([point_name(line, point_of(line, setting)).text for setting in settings])


def headline(line: Line, found: Verdict) -> str:
    """Return the answer, with its number."""
    if found.kind == "nothing_learned":
        came = _range(line, range(len(line.points)))
        return f"Nothing is clearly better than guessing: {came} of {found.total}. Guessing gives {found.guessing}."
    best = found.recommended
    if best is None:
        return UNLEARNED if found.kind == "unlearned" else CANNOT_TELL
    name, came = point_name(line, point_of(line, best)), f"{_right(line, best)} of {found.total}"
    if found.kind == "alone":
        return f"{name.first}: {came}."
    if found.kind == "cheapest" and _is_all_frozen(line, best):
        fastest = all(point_of(line, best).is_faster(point) for point in line.points)
        return f"Keep all {block_word(line.start.backbone)}s frozen: just as good{', and fastest' if fastest else ''}."
    return f"{name.first} {name.verb} {'best' if found.kind == 'best' else 'enough'}: {came}."


def _is_all_frozen(line: Line, setting: int) -> bool:
    """Tell whether a setting is the one at which only the new last layers learn."""
    units = backbone(line.start.backbone).architecture.units
    return line.axis == "depth" and point_of(line, setting).value == len(units)


def _range(line: Line, settings: Sequence[int]) -> str:
    right = sorted(_right(line, setting) for setting in settings)
    return str(right[0]) if right[0] == right[-1] else f"{right[0]} to {right[-1]}"


def below_headline(line: Line, found: Verdict) -> list[str]:
    """Say what the others gave and what they cost; a word about a difference only where the verdict shows one."""
    if found.kind == "nothing_learned":
        if not found.can_tell_from_guessing:
            return [_too_small(found)]
        more = "More practice photos or more rounds" if line.start.pretrained else "A network that has learned before"
        return [f"{more} may help."]
    if found.kind == "alone":
        return ["Only this one was tried, so there is nothing to compare it with."]
    if found.kind == "unlearned":
        return ["So nothing is recommended."]
    if found.recommended is None:
        return _when_it_cannot_tell(line, found)
    if found.kind == "best":
        return ["All others are clearly worse.", *_others_gave(line, found.recommended)]
    return _when_it_is_enough(line, found, found.recommended)


def _others_gave(line: Line, best: int) -> list[str]:
    settings = range(len(line.points))
    said = (_gave(line, settings[:best], more=False), _gave(line, settings[best + 1 :], more=True))
    return [each for each in said if each]


def _gave(line: Line, settings: Sequence[int], *, more: bool) -> str:
    """Say what those on one side of the recommended one gave."""
    if not settings:
        return ""
    most = max(_right(line, setting) for setting in settings)
    if len(settings) == 1:
        return f"{point_name(line, point_of(line, settings[0])).first} gave {most}."
    return f"{_more(line) if more else _less(line)} gave {most} at most."


def _when_it_is_enough(line: Line, found: Verdict, best: int) -> list[str]:
    if all(point.correct == found.total for point in line.points):
        return [TOO_EASY]
    said = [f"It gave {_right(line, best)} of {found.total}."] if _is_all_frozen(line, best) else []
    worse = [setting for setting in range(best) if found.standings[setting].word == "clearly_worse"]
    said += _worse(line, worse) if worse else []
    if len(worse) < best:
        verb = "is" if line.axis == "depth" else "are"
        said.append(f"Whether {_less(line).lower()} {verb} enough too, these photos cannot tell.")
    return [*said, *_what_more_gave(line, best)]


def _what_more_gave(line: Line, best: int) -> list[str]:
    more = range(best + 1, len(line.points))
    if not more:
        return []
    longer = _longer(line, best, more)
    gave = f"gave {max(_right(line, setting) for setting in more)}{' at most' if len(more) > 1 else ''}"
    return [f"{_more(line)} {gave}{f' and {longer}' if longer else ''}."]


def _worse(line: Line, settings: Sequence[int]) -> list[str]:
    if len(settings) == 1:
        name = point_name(line, point_of(line, settings[0]))
        return [f"{name.first} {name.verb} clearly worse: {_right(line, settings[0])}."]
    return [f"Clearly worse: {_named(line, settings)}, {_range(line, settings)}."]


def _when_it_cannot_tell(line: Line, found: Verdict) -> list[str]:
    worse = found.those("clearly_worse")
    level = [setting for setting, each in enumerate(found.standings) if each.word != "clearly_worse"]
    said = _worse(line, worse) if worse else []
    which = spelled(len(level), "stop" if line.axis == "depth" else "setting")
    said.append(f"The {'other ' if worse else ''}{which} gave {_range(line, level)} of {found.total}.")
    if not found.can_show:
        return [*said, _too_small(found)]
    needs = [each.needs_more for each in found.standings if each.needs_more]
    if needs:
        said.append(NEEDS_MORE["tries" if needs.count("tries") >= len(needs) / 2 else "photos"])
    return said


def _too_small(found: Verdict) -> str:
    if found.n_groups < found.total:
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


def _longer(line: Line, best: int, settings: Sequence[int]) -> str:
    """Say how much longer others took than the recommended one; empty where that is hardly longer."""
    own = point_of(line, best).seconds
    most = max((point_of(line, setting).seconds for setting in settings), default=0.0)
    if not own > 0 or most / own < LONGER:
        return ""
    # Rounded down: "up to" must not promise more than was measured. Halves only while they matter.
    times = int(2 * most / own) / 2 if most / own < 3 else int(most / own)
    return f"took up to {times:g} times as long"


def unlearned(line: Line) -> tuple[str, ...]:
    """Say of each point in how many tries not all learned that was to learn."""
    said = []
    for point in line.points:
        if point.unlearned:
            often = f"in {point.unlearned} of {tries(len(point.results))}"
            kept = f"a round was kept from before all {block_word(line.start.backbone)}s that were to learn did"
            said.append(f"{point_name(line, point).first}: {often}, {kept}.")
    return tuple(said)


def setting(line: Line, dataset: Dataset) -> str:
    """Say which network, people, photos and tries a line has."""
    said = [network_name(line.start).removeprefix("the ")]
    said.append(spelled(len(dataset.people), "person", "people"))
    if line.axis != "photos":
        said.append(practice_photos(dataset, line.fixed.photos))
    if line.axis != "depth":
        said.append(_learned(line))
    said.append(f"{tries(line.points[0].planned)} {'a stop' if line.axis == 'depth' else 'each'}")
    return capital(f"{', '.join(said)}.")


def _learned(line: Line) -> str:
    """Say what learned where that is the same for all: "block 5 retrained"."""
    part = trained_part(line.start.backbone, line.fixed.depth)
    return f"{part} {'retrained' if line.start.pretrained else 'trained'}"


def question_one(line: Line, found: Verdict) -> str:
    """Say how well the network does with all blocks frozen, as far as that was tried."""
    n = len(backbone(line.start.backbone).architecture.units)
    frozen = f"with all {block_word(line.start.backbone)}s frozen"
    asked = next((p for p in line.points if p.value == n), None) if line.axis == "depth" else line.points[-1]
    if asked is None or (line.axis != "depth" and line.fixed.depth != n):
        return f"Here {network_name(line.start)} was not tried {frozen}."
    with_what, which = capital(frozen), " new photos"
    if line.axis != "depth":
        with_what, which = f"{with_what} and {point_name(line, asked).text}", ""
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
    best = found.recommended
    if best is None:
        some = found.standings[0].word == "clearly_worse" and _is_all_frozen(line, 0)
        said = f"These photos cannot tell how many {blocks} must be {word} in {network_name(line.start)}."
        return f"{said} Some must be: with all frozen it is clearly worse." if some else said
    amount = _amount(line.start.backbone, point_of(line, best).value or 0)
    said = f"{named} {_how(found, best)} {amount} {word}: {_right(line, best)} of {found.total}."
    tried = {point.value for point in line.points}
    boundaries = backbone(line.start.backbone).architecture.freeze_boundaries()
    return said if tried >= set(boundaries) else f"{said} Not every number of {blocks} was tried."


def _how(found: Verdict, best: int) -> str:
    """Say what is known of less: it is needed only where all that was tried with less is clearly worse."""
    if found.kind == "best":
        return "is best with"
    less = found.standings[:best]
    return "needs" if less and all(each.word == "clearly_worse" for each in less) else "can do with"


def _amount(network: str, depth: int) -> str:
    """Say how much is retrained: "1 of its 5 blocks (3 of 13 layers)"."""
    architecture, word = backbone(network).architecture, block_word(network)
    boundaries, n = architecture.freeze_boundaries(), len(architecture.units)
    n_blocks, layers = len(boundaries) - 1, f"{n - depth} of {n} layers"
    if depth == n:
        return f"none of its {n_blocks} {word}s"
    if depth not in boundaries:
        return layers.replace("of", "of its", 1)
    if depth == 0:
        return f"all of its {n_blocks} {word}s ({n} layers)"
    return f"{n_blocks - boundaries.index(depth)} of its {n_blocks} {word}s ({layers})"
