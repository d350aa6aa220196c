"""Why no worker can be had, as the supervisor knows it and every page says it.

queue/troubles.json   the same for the pages of other servers on this workspace, written by the one that is in charge
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from core.errors import LabError, from_system
from core.schema import Moment, Schema

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from core.workspace import Workspace

TroubleKind = Literal["dies", "refused", "broken", "unreadable"]


@dataclass(frozen=True)
class Trouble:
    """One reason why work waits, or what is left out of it.

    Attributes:
        kind: "dies" where the workers of a lane die as they start; "refused" where the computer refuses something;
            "broken" where looking after the workers fails; "unreadable" where work goes on without some folders.
        what: the last words of the worker, the sentence of the refusal, the error, or what cannot be read, in one line.
        lane: of the workers that die; empty otherwise.
        log: the file with everything they wrote; empty otherwise.
        again_at: when the next one is started, seconds since the epoch; 0 where that is not known.
    """

    kind: TroubleKind
    what: str
    lane: str = ""
    log: str = ""
    again_at: Moment = 0.0


@dataclass(frozen=True)
class _Written:
    troubles: tuple[Trouble, ...]


_FILE = Schema(_Written)


def write(workspace: Workspace, troubles: Iterable[Trouble]) -> None:
    """Write down what is wrong for other servers."""
    _FILE.write(_path(workspace), _Written(tuple(troubles)))


def read(workspace: Workspace) -> list[Trouble]:
    """Return what the server in charge has written down; nothing where that cannot be read."""
    try:
        return list(_FILE.read(_path(workspace)).troubles)
    except (LabError, OSError):
        return []


def _path(workspace: Workspace) -> Path:
    return workspace.queue / "troubles.json"


def of_error(error: Exception) -> Trouble:
    """Return the trouble of what was raised while the workers were looked after."""
    refused = error if isinstance(error, LabError) else from_system(error)
    if refused:
        return Trouble("refused", str(refused))
    return Trouble("broken", f"{type(error).__name__}: {error}".partition("\n")[0][:300])
