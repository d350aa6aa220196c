"""The glossary keeps the lesson's words on the screen and the field's words in the code."""

from __future__ import annotations

import ast
import re
from functools import lru_cache
from pathlib import Path

import pytest

from tests.ui.text.test_sentences import sentences

ROOT = Path(__file__).resolve().parents[1]
# Names of code that are everyday English too: a page may say "train a network", "run", "test it" or "a head".
EVERYDAY = {"train", "test", "run", "head", "crop", "groups", "accuracy", "recommended", "archive", "experiments"}


def rows() -> list[tuple[str, str, str]]:
    """Return the table: word on screen, word of the field, name in code."""
    lines = (ROOT / "docs" / "glossary.md").read_text(encoding="utf-8").splitlines()
    cells = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines if line.startswith("|")]
    return [(row[0], row[1], row[2]) for row in cells[2:] if len(row) == 4]


def words(cell: str) -> list[str]:
    return [word.strip() for word in cell.replace("`", "").split(",")]


def forms(word: str) -> set[str]:
    """Return what a name made of this word would hold, in the singular and the plural."""
    name = word.replace(" ", "_")
    plural = f"{name[:-1]}ies" if name.endswith("y") else name if name.endswith("s") else f"{name}s"
    return {name, plural}


@lru_cache
def names_in_core() -> dict[str, str]:
    """Return every name that core gives to something, with the file that does."""
    found: dict[str, str] = {}
    for path in sorted((ROOT / "core").rglob("*.py")):
        where = path.relative_to(ROOT).as_posix()
        found[path.stem] = where
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            given: list[str] = []
            if isinstance(node, ast.FunctionDef | ast.ClassDef):
                given = [node.name]
            elif isinstance(node, ast.arg):
                given = [node.arg]
            elif isinstance(node, ast.Name | ast.Attribute) and isinstance(node.ctx, ast.Store):
                given = [node.id if isinstance(node, ast.Name) else node.attr]
            for name in given:
                found[re.sub(r"(?<=[a-z])(?=[A-Z])", "_", name).lower()] = where
    return found


def test_the_table_is_complete() -> None:
    assert len(rows()) >= 20
    assert all(all(row) for row in rows())


@pytest.mark.parametrize("row", rows(), ids=lambda row: row[0])
def test_no_word_of_the_screen_names_anything_in_core(row: tuple[str, str, str]) -> None:
    screen, field, code = row
    of_the_field = {form for word in words(code) + words(field) for form in forms(word)}
    banned = {form for word in words(screen) for form in forms(word)} - of_the_field
    named = {
        name: where
        for name, where in names_in_core().items()
        if any(re.search(rf"(^|_){form}(_|$)", name) for form in banned)
    }
    assert named == {}


def test_no_name_of_code_stands_on_a_page() -> None:
    names = {word for _, _, code in rows() for word in words(code)} - EVERYDAY
    # What stands in curly brackets is filled in; what stands in round ones explains the field's word.
    outside_brackets = [re.sub(r"\([^)]*\)|\{[^}]*\}", "", said) for said in sentences()]
    said = {name for name in names for text in outside_brackets if re.search(rf"\b{re.escape(name)}s?\b", text)}
    assert said == set()
