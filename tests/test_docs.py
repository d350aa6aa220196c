"""What the documents name is there."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
DOCUMENTS = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md")), *sorted((ROOT / "tools").rglob("*.md"))]
_PATHS = re.compile(r"(?<![\w./])((?:core|ui|pages|tests|tools|data|docs)(?:/[\w.-]+)+)")


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_every_path_in_it_exists(document: Path) -> None:
    named = {path.rstrip(".") for path in _PATHS.findall(document.read_text(encoding="utf-8"))}
    assert {path for path in named if not (ROOT / path).exists()} == set()


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_every_module_in_it_exists(document: Path) -> None:
    """Modules are named as `python -m tools.benchmarks.head` or `core.jobfolder`."""
    named = set(re.findall(r"(?<![\w./])((?:core|ui|tools)(?:\.[a-z_]+)+)", document.read_text(encoding="utf-8")))
    missing = {
        name
        for name in named
        if not any((ROOT / part).with_suffix(".py").exists() or (ROOT / part).is_dir() for part in paths(name))
    }
    assert missing == set()


def paths(name: str) -> list[str]:
    """Return where a dotted name may lie: as a module, or as something inside one."""
    parts = name.split(".")
    return ["/".join(parts), "/".join(parts[:-1])] if len(parts) > 2 else ["/".join(parts)]
