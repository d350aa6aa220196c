"""What the page Test says."""

from __future__ import annotations

from collections.abc import Sequence

from core.evaluation.listing import Order, Show
from core.experiments.compare_runs import Setting
from core.experiments.suggestions import Idea
from ui.text import common
from ui.text.amounts import count, spelled_count

LEFT_OUT = "Left out"
TEST_TITLE = "Final exam"
BALANCED = "If everybody had the same number of photos: about {percent} of 100."
CLEARLY_BETTER = "Clearly better than guessing."
NOT_CLEARLY_BETTER = "That could be luck."
GUESSING_HERE = "guessing"
NO_LABELS = "Nobody said who is on the photos of the final exam. So there is nothing to count."
MATRIX_HOW = "The confusion matrix: a row for each person, a column for each answer. Click a square to see its photos."
MOST_CONFUSED = "with the most mistakes"
REST = "The others"
REST_COLUMNS = ("person", "photos", "right", "mostly taken for")
MATRIX_VIEW, EVERY_PHOTO = "Who is taken for whom", "Every photo"
NUMBERS = "The same in numbers"
SCORES_HOW = "Out of 100: how many of a person's photos were found, and how often the name is right."
SCORES_COLUMNS = ("person", "photos", "found (recall)", "name is right (precision)", "both in one (F1)")
PERCENT_HOW = "Who is taken for whom, out of 100 photos of each person:"
SHOW, ONE_PERSON, ORDER, EVERYBODY = "Show", "Whose?", "In which order?", "everybody's"
SHOW_LABELS: dict[Show, str] = {"all": "all", "wrong": "wrong", "not_sure": "not sure", "right": "right"}
SHOW_UNLABELLED: tuple[Show, ...] = ("all", "not_sure")
ORDER_LABELS: dict[Order, str] = {"worst": "the worst first", "surest": "the surest first", "name": "by name"}
ORDER_UNLABELLED: dict[Order, str] = {**ORDER_LABELS, "worst": "the least sure first"}
NONE_LIKE_THIS = "There are no photos like this."
TAKE_TABLE = "Table (CSV)"
TABLE_COLUMNS = ("photo", "who it is", "who it says")
IS, SAYS = "is", "says"
NOT_SURE, LEANS_TOWARDS, NOT_SURE_SAYS = "not sure", "leans towards", "not sure, leans towards"
STRANGER, ANOTHER_STRANGER = "Show it a stranger", "Show it another stranger"
STRANGERS = "Strangers"
SURE_FROM = "It says a name from"
STRANGERS_HOW = "Drawn people whom it never saw."
RIGHT_SIGN, WRONG_SIGN = "✓", "✗"
NEW_PHOTOS = "Show it new photos"
NEW_PHOTOS_HOW = "One or many. It looks at every face."
ASK = "Who is this?"
LOOKING = "Looking at the photos"
ANSWERING = "The network says who it is"
ASK_INTERRUPTED = "That was interrupted. Choose the photos again."
ONE_TAKE = "All from the same minute. Try it live."
HELD_AGAINST = "Held against"
NOTHING_FAIR = "No earlier experiment differs in one setting only. So nobody can say what made the difference."
CHOOSE_ONE = "Choose one"
NONE_IN_BOTH = "The two share no photos."
FIXED, BROKE = "Right now, wrong before", "Wrong now, right before"
CLEAR_DIFFERENCE, COULD_BE_LUCK = "That is a clear difference.", "That could be luck."
SAME_ANSWERS = "No photo changed between right and wrong."
NEXT_IDEA, SET_IT_UP = "Next idea:", "Set it up"
IDEAS: dict[Idea, tuple[str, str]] = {
    "wider": ("A wider network", "Does a network twice as wide recognise more?"),
    "untrained": ("Start untrained", "How much does it help that the network has seen faces before?"),
    "pretrained": ("Start trained on faces", "How much does it help that the network has seen faces before?"),
    "retrain_last": ("Let {block} 5 learn", "Is it better when the last block learns too?"),
    "sweep": ("All stops at once", "Which stop is best? Guess first, then try them all."),
    "few_photos": ("Three photos each", "Are three photos of each person enough?"),
    "stranger": ("Show it a stranger", "What does it say of somebody it never saw?"),
}
PUBLISHED = "What the notebook got"
PUBLISHED_HOW = "It froze four different parts of its network. Each bar shows what to expect of 100 new photos."
OURS = "This one"
NO_WINNER = "12 of 12 against 9 of 12 is no clear winner either."


def expect(low: int, high: int) -> str:
    return f"Out of 100 new photos like these, expect between {low} and {high}."


def majority(correct: int, total: int) -> str:
    return f"Always guessing the most frequent person gives {correct} of {total}."


def cell(true: str, predicted: str, photos: int) -> str:
    """Say which photos a click on the matrix shows."""
    if true == predicted:
        return f"{true}, {count(photos, 'photo')} right"
    return f"{true} taken for {predicted}: {count(photos, 'photo')}"


def only_knows(people: int) -> str:
    return f"It only knows these {people} people."


def not_sure_below(percent: int) -> str:
    return f"Below {percent} % it says “not sure”."


def strangers_named(named: int, shown: int) -> str:
    """Say how many of the strangers shown so far got a name."""
    return f"{named} of {count(shown, 'stranger')} got a name."


def better_but_rough(photos: int) -> str:
    """Say of few photos that guessing is beaten, and how little else they say."""
    return f"Better than guessing. How good, {spelled_count(photos, 'photo')} can't say."


def rough(photos: int) -> str:
    """Say that a result of few photos is not to be leaned on."""
    return f"With {count(photos, 'photo')}, this is a rough idea only."


def started(pretrained: bool, backbone: str) -> str:
    """Say what a network began with, in a few words."""
    if not pretrained:
        return "it was untrained"
    return "it had seen things before" if backbone.startswith("imagenet") else "it had seen faces before"


def practice_photos(photos: int) -> str:
    return count(photos, "practice photo")


def earlier(number: int, result: str, what: str) -> str:
    """Return an earlier experiment in a few words, to choose from."""
    return common.numbered(number, f"{result}, {what}")


def before_and_now(which: str, before: str, now: str, right_before: int, right_now: int, total: int) -> str:
    """Hold two results against each other; `before` and `now` say what was different."""
    last = f"{before}, {right_before}" if before else f"{right_before}"
    this = f"Now: {now}, {right_now}" if now else f"Now, with the same settings: {right_now}"
    return f"{common.capital(which)}: {last} of {total}. {this} of {total}."


def theirs(number: int) -> str:
    """Name one of the published trainings."""
    return f"Notebook {number}"


def fixed_and_broke(fixed: int, broke: int) -> str:
    """Say how many photos changed between right and wrong, each way."""
    if not fixed and not broke:
        return SAME_ANSWERS
    now = "1 photo is" if fixed == 1 else f"{fixed or 'No'} photos are"
    return f"{now} right now that {'was' if fixed == 1 else 'were'} wrong; {broke or 'none'} the other way."


def too_many_differ(changed: Sequence[Setting]) -> str:
    """Say of two experiments that more than one setting differs."""
    if set(changed) == {"other"}:
        return "Several advanced settings differ. So nobody can say which one did it."
    return f"These differ: {common.names_of(changed)}. So nobody can say which one did it."


def both_had(photos: int) -> str:
    """Say on how many photos two experiments can be compared where not all are the same."""
    return f"Both were tested on {count(photos, 'photo')}."


def now_says(before: str, now: str, true: str) -> str:
    """Describe a photo whose answer changed."""
    return f"{true}: {before} before, {now} now"


def and_others(photos: int) -> str:
    return f"+ {photos}"
