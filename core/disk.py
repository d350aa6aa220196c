"""Files that are whole or not there: written beside their place and renamed into it; logs that survive a torn last line."""

from __future__ import annotations

import json
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from core.errors import LabError


@contextmanager
def replacing(path: Path) -> Iterator[Path]:
    """Give a path beside `path` to write to; rename it into place on success, remove it on any error."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(prefix=".", suffix=path.suffix, dir=path.parent)
    os.close(handle)
    beside = Path(name)
    try:
        yield beside
        os.replace(beside, path)
    finally:
        beside.unlink(missing_ok=True)


def write_bytes(path: Path, data: bytes) -> None:
    """Write `data` to `path`, whole or not at all."""
    with replacing(path) as beside:
        beside.write_bytes(data)


def write_json(path: Path, content: dict[str, Any], *, schema: int) -> None:
    """Write `content` with its schema version as UTF-8 JSON, whole or not at all."""
    text = json.dumps({"schema": schema, **content}, ensure_ascii=False, indent=1)
    write_bytes(path, text.encode("utf-8"))


def read_json(path: Path, *, schema: int) -> dict[str, Any]:
    """Read what `write_json` wrote, without its schema key.

    Raises:
        LabError: the file is no JSON object, or another version of the lab wrote it.
        FileNotFoundError: there is no such file.
    """
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
        found = content.pop("schema")
    except (ValueError, AttributeError, KeyError, TypeError) as error:
        raise LabError(f'"{path.name}" is not a file of this lab ({error}); delete it or bring an intact copy.') from error
    if found != schema:
        raise LabError(
            f'"{path.name}" was written by another version of the lab (schema {found}, this one reads {schema}); '
            "open it with that version."
        )
    return dict(content)


def append_line(path: Path, entry: dict[str, Any]) -> None:
    """Append one JSON object as a line; a last line torn by a crash is closed first, so that it spoils nothing after it."""
    line = json.dumps(entry, ensure_ascii=False).encode("utf-8") + b"\n"
    with path.open("ab+") as log:
        if log.tell() > 0:
            log.seek(-1, os.SEEK_END)
            if log.read(1) != b"\n":
                line = b"\n" + line
        log.write(line)


def read_lines(path: Path) -> list[dict[str, Any]]:
    """Give every whole entry of a log that `append_line` wrote; torn lines are skipped, a missing file is empty."""
    try:
        raw = path.read_bytes()
    except FileNotFoundError:
        return []
    entries = []
    for line in raw.splitlines():
        try:
            entry = json.loads(line)
        except ValueError:
            continue
        if isinstance(entry, dict):
            entries.append(entry)
    return entries
