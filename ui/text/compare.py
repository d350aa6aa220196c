"""What the page Compare says."""

from __future__ import annotations

from collections.abc import Sequence

from core.evaluation.model_selection import NeedsMore
from core.jobfolder import State
from core.sweeps.plan import Axis
from ui.text import common
from ui.text.amounts import about, count, measured, spelled

COMPARE = "Compare"

# Before the start
QUESTIONS: dict[Axis, str] = {
    "depth": "How many blocks must learn?",
    "photos": "How many practice photos are enough?",
    "size": "How large must a face be?",
}
QUESTION_LAYERS = "How many layers must learn?"
GUESS_FIRST: dict[Axis, str] = {
    "depth": "What is left of a stop stays frozen. Which stop will be best? Guess first, by show of hands: click +.",
    "photos": "How many of each person will be enough? Guess first, by show of hands: click +.",
    "size": "What size will be enough? Guess first, by show of hands: click +.",
}
WHAT_DIFFERS = "What is compared?"
AXES: dict[Axis, str] = {"depth": "frozen blocks", "photos": "practice photos", "size": "size of a face"}
STOPS, TWO_STOPS = "Stops", "A comparison needs two stops at least; choose another one."
TRIES = "Tries a stop (seeds)"
EVERY_LAYER = "Every single layer instead of blocks"
FROZEN_IN_ALL = "Frozen in all of them"
SECOND = "A second network beside it"
NO_SECOND = "none"
EARLIER = "Open an earlier comparison"

# While it runs
RUNS = "It tries them all"
GETTING_READY = "Getting ready"
TRAINS_FIRST = "Something else trains first. This comparison starts when that has ended."

# At its end
USE_STOP, SEE_EXAM = "Use this", "See its final exam"
FINISHED = "All tries are done"
NEW = "New comparison"
GO_ON_HOW = "Nothing of the finished tries is lost. Go on where it stopped."
GONE_HOW = "Their experiments were deleted. All others are here."
MAKE_AGAIN = "Try them again"
CLICK_A_STOP = "Click a stop to see what it did."
NOTHING_THERE = "No try has finished at this stop."
WHICH_CHANGED, SIDE_BY_SIDE = "Which photos changed between two stops?", "Put experiments side by side"
FLIP_BEFORE, FLIP_NOW = "From", "To"

# How sure is this?
HOW_SURE = "How sure is this?"
SURE_COLUMNS = (
    "stop", "right", "verdict", "behind at most", "compared with", "difference", "between", "luck alone (corrected p)",
    "what would help",
)  # fmt: skip
YES, NO = "yes", "no"
NEEDS_MORE: dict[NeedsMore, str] = {"": "", "photos": "more exam photos", "tries": "more tries"}
AHEAD = "ahead"
RATES_WHY = "All stops learned at one speed (learning rate). A stop may look bad because that speed does not suit it."
TRY_RATES, SEE_RATES = "Try other learning rates too", "See these tries"
RATES_RUN = "Other learning rates are being tried in a comparison of their own."
RATES_HOW = "Right answers with each learning rate, one try each. ★ marks the best rate of a stop in the mock exam."
RATES_STOP = "learning rate"

# Train, My experiments
ON_TRAIN = "A comparison is running. What you start here waits until it has ended."
TO_COMPARISON = "See the comparison"
COMPARISONS = "My comparisons"
COMPARISONS_HOW = "Whole comparisons, with all their tries. Choose a row to open one."
LIST_COLUMNS = ("comparison", "what was compared", "network", "photos", "tries", "state")
OPEN = "Open"


def setting(photos: str, network: str, side_px: int, epochs: int) -> str:
    """Return what all tries share, on one line."""
    return f"{photos} · {network} · {side_px} points · {count(epochs, 'round')} a try"


def network(title: str, starts: str) -> str:
    return f"{title}, {starts}"


def takes(all_s: float, first_s: float, stops: int, tries: int) -> str:
    """Say how long a comparison will take, and when its shape can be seen."""
    what = f"{count(stops, 'stop')}, {count(tries, 'try', 'tries')} each"
    if tries == 1:
        return f"Takes {about(all_s)}: {what}."
    return f"Takes {about(all_s)}: {what}. First dots everywhere after {about(first_s)}."


def all_done_before(trainings: int) -> str:
    return f"All {trainings} tries are there already: it takes a few seconds."


def tries_done(done: int, total: int) -> str:
    return f"{done} of {count(total, 'try', 'tries')}"


def of_tries(done: int, total: int) -> str:
    """Say the same where the word stands above."""
    return f"{done} of {total}"


def came_to(done: int, total: int) -> str:
    """Say on Start where the last comparison stands."""
    return f"comparison, {tries_done(done, total)}"


def trains_now(what: str, epoch: int, epochs: int) -> str:
    """Say which stop is being tried, and in which round it is."""
    return f"now: {what}, round {epoch} of {epochs}" if epoch else f"now: {what}"


def ended(state: State, done: int, total: int) -> str:
    """Say how a comparison ended that is not complete."""
    after = f"{done} of {count(total, 'try', 'tries')}"
    return {
        "stopped": f"You stopped it after {after}",
        "interrupted": f"It was interrupted after {after}",
        "failed": f"It could not finish: {after}",
    }.get(state, f"{count(total - done, 'try is', 'tries are')} missing")


def stop(what: str, correct: Sequence[int], total: int, duration_s: float, word: str) -> str:
    """Say what one stop did: every try, what the verdict says of it (empty before there is one), the time of a try."""
    said = ", ".join(map(str, correct[:-1])) + (" and " if len(correct) > 1 else "") + str(correct[-1])
    judged = f" {word[:1].upper()}{word[1:]}." if word else ""
    return f"**{what[:1].upper()}{what[1:]}:** {said} of {total} right.{judged} {measured(duration_s)} a try."


def stop_and_right(what: str, correct: int) -> str:
    """Return a stop to choose, with the right answers of its usual try."""
    return f"{what[:1].upper()}{what[1:]}: {correct} right"


def compared(axis: Axis, stops: int) -> str:
    """Say in a few words what a comparison compared."""
    return f"{AXES[axis]}, {spelled(stops)} stops"


def also_rates(what: str, rates: int) -> str:
    return f"{what}, {spelled(rates)} learning rates" if rates > 1 else what


def title(when: str, what: str, photos: str) -> str:
    """Return a comparison on one line, to choose from."""
    return f"{when} · {what} · {photos}"


def p_value(p: float) -> str:
    return "below 0.001" if p < 0.001 else f"{p:.3f}"


def behind(right_answers: float, total: int) -> str:
    """Say how many right answers a stop may be behind the best of the others."""
    return AHEAD if right_answers <= 0 else f"{min(right_answers, total):.1f}"


def between(low: float, high: float) -> str:
    """Return an interval of a difference in right answers."""
    return f"{low:+.1f} to {high:+.1f}"


# Side by side, flip board, take along
BESIDE = "Two to four experiments"
BESIDE_EMPTY = "Choose experiments"
CHOOSE_TWO = "Choose two at least."
WHAT_DIFFERS_HERE = "Only what differs"
SAME_SETTINGS = "They have the same settings."
OTHER_EXAMS = "Not all of them took the final exam with the same photos: these numbers are not to be compared."
MOCK_EXAMS = "Right answers out of 100 in the mock exam"
FINAL_EXAM, MOCK_EXAM, LEARNED, TIME = "Final exam", "Mock exam", "Numbers that learned (parameters)", "Time"
NONE, UNKNOWN = "none", "–"
TAKE_ALONG = "Take it along (zip)"
TAKE_ALONG_HOW = "A page to print, charts, and tables for a spreadsheet. No photos."


def run(when: str, what: str, result: str) -> str:
    """Return an experiment on one line, to choose from; what tells it from others comes first."""
    return f"{what} · {result} · {when}"


def a_try(seed: int) -> str:
    return f"try {seed + 1}"


def rate(learning_rate: float) -> str:
    return f"learning rate {learning_rate:g}"


def of_hundred(share: float) -> str:
    return f"{100 * share:.0f} of 100"


def seconds(n: float) -> str:
    return measured(n)


def curves_alt(curves: Sequence[tuple[str, str]]) -> str:
    """Describe the overlaid curves for those who cannot see them: letter and name of each."""
    named = ", ".join(f"{letter} {name}" for letter, name in curves)
    return f"Right answers in the mock exam over the rounds: {named}."


def matrix(letter: str, result: str) -> str:
    return f"{letter}, who is taken for whom: {result}."


def held(letter: str, what: str, right: int, total: int) -> str:
    """Say what one of two did; `what` may be empty where they have the same settings."""
    return f"{letter}{f' ({what})' if what else ''}: {right} of {total}."


def fixed(photos: int, letter: str) -> str:
    return f"Fixed in {letter}: {count(photos, 'photo')}"


def broke(photos: int, letter: str) -> str:
    return f"Broke in {letter}: {count(photos, 'photo')}"


def coin(p_value: float) -> str:
    """Say how often luck alone parts the changed photos like this; the field's words in brackets."""
    hundred = 100 * p_value
    often = "less than 1" if hundred < 1 else f"about {hundred:.0f}"
    p = "p < 0.001" if p_value < 0.001 else f"p = {p_value:.3f}"
    return f"A coin would part them as unevenly in {often} of 100 tries (exact McNemar test, {p})."


UNFROZEN_RATE = "Learning rate once blocks learn too, as a share"
MIN_STEPS, UNFROZEN_MIN_STEPS = "Steps a round, at least", "Steps a round once blocks learn too, at least"
SCALE_FEATURES, ZERO_START = "Features brought to one scale", "New last layers start at zero"
BORDER_ON_CURVES = "The short bar on a line: from there on, blocks that are not frozen learn too."


def frozen_short(frozen_units: int, units: int, frozen_blocks: int | None, what: str = common.BLOCK) -> str:
    """Say in a few words how much is frozen; at both ends the names of the two stops.

    Args:
        frozen_blocks: None where a block is cut.
        what: what a block is called.
    """
    if frozen_units == 0:
        return f"all {what}s learn"
    if frozen_units == units:
        return f"all {what}s frozen"
    return f"{count(frozen_blocks, what)} frozen" if frozen_blocks else f"{count(frozen_units, common.LAYER)} frozen"
