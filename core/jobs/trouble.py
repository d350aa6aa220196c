"""Why no worker can be had, as the supervisor knows it and every page says it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from core.errors import LabError, from_system

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
        again_s: seconds until the next one is started.
    """

    kind: TroubleKind
    what: str
    lane: str = ""
    log: str = ""
    again_s: float = 0.0


def of_error(error: Exception) -> Trouble:
    """Return the trouble of what was raised while the workers were looked after."""
    refused = error if isinstance(error, LabError) else from_system(error)
    if refused:
        return Trouble("refused", str(refused))
    return Trouble("broken", f"{type(error).__name__}: {error}".partition("\n")[0][:300])
