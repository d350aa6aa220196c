"""What the design asks of every sentence: short, and none of the words of the code."""

from __future__ import annotations

import importlib
import inspect
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from core.jobfolder import State
from ui.text import amounts, common
from ui.text import compare as compare_words
from ui.text import photos as photos_words
from ui.text import test as test_words
from ui.text import train as train_words

NEVER_ON_SCREEN = ("prefix", "suffix", "manifest", "intake", "cache", "unit")
LONGEST_SENTENCE = 20


def sentences() -> Iterator[str]:
    """Return every text of all pages: their constants, and the pieces of text inside their functions."""
    pages = ("common", "start", "photos", "train", "test", "compare", "experiments")
    # `sweep_evidence` names the statistics for those who look them up: its sentences may be a word longer.
    for page in (*pages, "sweeps", "sweep_answers", "sweep_names", "sweep_report"):
        module = importlib.import_module(f"ui.text.{page}")
        for name, value in vars(module).items():
            if name.startswith("_") or inspect.ismodule(value) or inspect.isclass(value):
                continue
            yield from texts(value)
        yield from re.findall(r'return f?"([^"]+)"', inspect.getsource(module))


def texts(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        yield from (text for part in value.values() for text in texts(part))
    elif isinstance(value, tuple | list):
        yield from (text for part in value for text in texts(part))


@pytest.mark.parametrize("word", NEVER_ON_SCREEN)
def test_no_word_of_the_code_reaches_the_screen(word: str) -> None:
    assert [said for said in sentences() if re.search(rf"\b{word}s?\b", said, re.IGNORECASE)] == []


def test_sentences_are_short() -> None:
    long = [
        sentence
        for said in sentences()
        for sentence in re.split(r"(?<=[.!?])\s", said)
        if len(sentence.split()) >= LONGEST_SENTENCE
    ]
    assert long == []


def test_pages_and_widgets_write_no_sentence_of_their_own() -> None:
    """A text of two words or more has its home in a module of words; what a machine reads has no such gap."""
    root = Path(__file__).resolve().parents[3]
    said = re.compile(
        r"st\.(?:title|header|subheader|markdown|caption|info|warning|error|button|radio|toast|expander)"
        r'\(\s*f?"([A-Za-z]+ [A-Za-z]+[^"]*)"'
    )
    for path in [*root.glob("ui/**/*.py"), *root.glob("pages/*.py")]:
        assert not said.findall(path.read_text(encoding="utf-8")), path.name


@pytest.mark.parametrize(
    ("frozen", "total", "said"),
    [
        (0, 5, "No block is frozen. All 5 blocks and the new last layers learn: 400 of 900 numbers (parameters)."),
        (1, 5, "Block 1 is frozen. Blocks 2–5 and the new last layers learn: 400 of 900 numbers (parameters)."),
        (4, 5, "Blocks 1–4 are frozen. Block 5 and the new last layers learn: 400 of 900 numbers (parameters)."),
        (5, 5, "All 5 blocks are frozen. Only the new last layers learn: 400 of 900 numbers (parameters)."),
    ],
)
def test_what_is_frozen(frozen: int, total: int, said: str) -> None:
    kept, learns = train_words.freeze_sentence(frozen, total, common.BLOCK)
    assert f"{kept} {learns}{train_words.how_many_learn(400, 900, head_only=not learns)}" == said


@pytest.mark.parametrize(
    ("seconds", "said"),
    [
        (None, ""),
        (2.0, "a few seconds left"),
        (17.0, "about 20 s left"),
        (89.0, "about 90 s left"),
        (100.0, "about 2 min left"),
    ],
)
def test_time_left_is_said_roughly(seconds: float | None, said: str) -> None:
    assert amounts.seconds_left(seconds) == said


def test_amounts() -> None:
    assert [amounts.count(n, "photo") for n in (0, 1, 1234)] == ["0 photos", "1 photo", "1,234 photos"]
    assert amounts.count(2, "person", "people") == "2 people"
    assert [amounts.size(n) for n in (10, 4_000, 58_900_000)] == ["1 KB", "4 KB", "59 MB"]
    assert [amounts.spelled(n) for n in (6, 12)] == ["six", "12"]


@pytest.mark.parametrize(
    ("state", "said"),
    [
        ("stopped", "You stopped it after 1 of 18 tries"),
        ("interrupted", "It was interrupted after 1 of 18 tries"),
        ("failed", "It could not finish: 1 of 18 tries"),
        ("done", "17 tries are missing"),
    ],
)
def test_how_a_comparison_ended(state: State, said: str) -> None:
    assert compare_words.ended(state, 1, 18) == said


def test_what_a_stop_did() -> None:
    assert compare_words.stop("block 5 retrained", [67], 72, 3.0, "") == (
        "**Block 5 retrained:** 67 of 72 right. 3 s a try."
    )
    assert compare_words.stop("3 photos each", [67, 66, 69], 72, 8.2, "as good") == (
        "**3 photos each:** 67, 66 and 69 of 72 right. As good. 8 s a try."
    )


def test_one_try_has_no_first_dots() -> None:
    assert compare_words.takes(40.0, 40.0, 6, 1) == "Takes about 40 s: 6 stops, 1 try each."
    assert compare_words.takes(120.0, 40.0, 6, 3) == (
        "Takes about 2 min: 6 stops, 3 tries each. First dots everywhere after about 40 s."
    )


def test_networks_that_saw_things_are_not_said_to_have_seen_faces() -> None:
    assert train_words.starts(True, "imagenet-vgg16") == train_words.STARTS_THINGS
    assert train_words.starts(True, "vggface-vgg16") == train_words.STARTS_FACES
    assert train_words.starts(False, "vggface-vgg16") == common.UNTRAINED


@pytest.mark.parametrize(
    ("fixed", "broke", "said"),
    [
        (2, 43, "2 photos are right now that were wrong; 43 the other way."),
        (1, 0, "1 photo is right now that was wrong; none the other way."),
        (0, 3, "No photos are right now that were wrong; 3 the other way."),
        (0, 0, test_words.SAME_ANSWERS),
    ],
)
def test_what_changed_between_right_and_wrong(fixed: int, broke: int, said: str) -> None:
    assert test_words.fixed_and_broke(fixed, broke) == said


@pytest.mark.parametrize(
    ("looks", "later", "said"),
    [
        (1, None, "One round: each practice photo is looked at once."),
        (2, 2, "One round: each practice photo is looked at twice."),
        (
            6,
            1,
            "One round: each practice photo is looked at six times while only the new last layers learn, "
            "once afterwards.",
        ),
    ],
)
def test_what_a_round_is(looks: int, later: int | None, said: str) -> None:
    assert train_words.a_round(looks, later) == said


@pytest.mark.parametrize(
    ("first", "last", "border", "retrained", "kept"),
    [
        (5, 5, "from here block 5 learns too", "block 5 retrained", "block 5 kept as it was"),
        (4, 5, "from here blocks 4–5 learn too", "blocks 4–5 retrained", "blocks 4–5 kept as they were"),
        (1, 5, "from here all blocks learn", "all blocks learn", "all blocks kept as they were"),
        (6, 5, None, "all blocks frozen", None),
    ],
)
def test_blocks_are_named_the_same_way_everywhere(
    first: int, last: int, border: str | None, retrained: str, kept: str | None
) -> None:
    assert common.retrained(first, last, common.BLOCK) == retrained
    if border:
        assert common.border(first, last, common.BLOCK) == border
        assert common.kept_as_was(first, last, common.BLOCK) == kept


def test_what_the_numbers_of_photos_allow() -> None:
    assert photos_words.allows("Ada", 8, 2) == "This works. With two exam photos each the mark will be shaky."
    assert photos_words.allows("Ada", 8, 1) == "This works. With one exam photo each the mark will be shaky."
    assert photos_words.allows("Ada", 30, 12) == "This works well."
    assert photos_words.allows("Ada", 5, 1).startswith("Ada has only 5 photos.")


def test_untrained_is_called_untrained_and_nothing_is_not_used_for_it() -> None:
    wrong = re.compile(r"from nothing|with nothing|nothing frozen|nothing is frozen|retrain nothing|nothing retrained")
    assert [said for said in sentences() if wrong.search(said.lower())] == []
    assert common.UNTRAINED == "untrained"
