"""Names from outside: what is seen is what is there."""

from __future__ import annotations

import json

import pytest

from core.visible import for_json, for_terminal, visible


@pytest.mark.parametrize(
    "name", ["Anna", "Zoë", "李 雷", "عمر", "O'Brien-Łuczak", "می\u200cخواهم", "👩\u200d🚀", "क\u094d\u200dष", "3"]
)
def test_names_of_all_languages_stay(name: str) -> None:
    assert visible(name) == name


@pytest.mark.parametrize(
    ("name", "seen"),
    [
        ("live\u202eevil", "liveevil"),
        ("\u200fanna\u200e", "anna"),
        ("an\u200bna", "anna"),
        ("an\u200dna", "anna"),
        ("\ufeffanna\u2060", "anna"),
        ("an\x1b[2Jna", "an\N{REPLACEMENT CHARACTER}[2Jna"),
        ("anna\x9b31m", "anna\N{REPLACEMENT CHARACTER}31m"),
        ("anna\u2028ben", "anna\N{REPLACEMENT CHARACTER}ben"),
        ("a\u0308", "ä"),
        ("a\ud800b", "a?b"),
    ],
)
def test_what_hides_or_turns_is_taken_out(name: str, seen: str) -> None:
    assert visible(name) == seen


@pytest.mark.parametrize("name", ["", " ", "\u200b", "\u200d\u200d", "\u3164", "\u2800", "\u00ad", "\u0301"])
def test_who_cannot_be_seen_has_no_name(name: str) -> None:
    assert visible(name) == ""


def test_a_terminal_obeys_nothing_and_lines_stay() -> None:
    assert for_terminal("anna\x1b]0;title\x07\nben\u202e\n") == "anna\ufffd]0;title\ufffd\nben\n"


def test_json_says_the_same() -> None:
    facts = {"anna\u202e\x9b": ["\U000e0041", "é", "\n"]}
    shown = for_json(json.dumps(facts, ensure_ascii=False))
    assert json.loads(shown) == facts
    assert all(sign.isprintable() for sign in shown)
    assert "é" in shown
