"""Which number format a training runs in. The saved model is float32 whatever this says."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Literal

from core.config import Precision


def resolve_precision(asked: Precision) -> Literal["float32", "bfloat16"]:
    """Turn "auto" into what this machine's processor computes fastest.

    bfloat16 pays where the processor multiplies it natively (avx512_bf16, amx_bf16): it was about twice as fast there.
    Anywhere else it is emulated and slower. Only Linux tells without a further library; elsewhere it is float32.
    """
    if asked != "auto":
        return asked
    if sys.platform != "linux":
        return "float32"
    try:
        flags = Path("/proc/cpuinfo").read_text(encoding="ascii", errors="ignore")
    except OSError:
        return "float32"
    return "bfloat16" if "avx512_bf16" in flags or "amx_bf16" in flags else "float32"
