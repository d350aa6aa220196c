"""Whom a ready-made network has met before: a test on them would flatter it.

The names are kept as hashes, so that the list tells about a name one has, and gives no names to whoever reads it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from pathlib import Path

from core.models import weights

_LISTS = {"face-vgg-mini": "face-vgg-mini.people.txt"}
HASH_DIGITS = 16


def hash_name(name: str) -> str:
    """Return the first 64 bits of a name's SHA-256, hex; case, underscores and extra spaces make no difference."""
    plain = " ".join(name.replace("_", " ").casefold().split())
    return hashlib.sha256(plain.encode("utf-8")).hexdigest()[:HASH_DIGITS]


def write_list(names: Iterable[str], path: Path) -> None:
    """Write the list that ships beside a network's weights: a hash a line, sorted."""
    path.write_text("".join(f"{line}\n" for line in sorted({hash_name(name) for name in names})), encoding="ascii")


def seen_people(backbone: str, people: Sequence[str]) -> tuple[str, ...]:
    """Return those of these people whom the network has learned from; empty where no list came with it."""
    path = weights.BUNDLED / _LISTS.get(backbone, "")
    if not path.is_file():
        return ()
    hashes = set(path.read_text(encoding="ascii").split())
    return tuple(person for person in people if hash_name(person) in hashes)
