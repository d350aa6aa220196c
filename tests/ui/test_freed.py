"""What was freed cannot be read any more. Searched from outside: whoever looks for a name has it in memory."""

from __future__ import annotations

import subprocess
import sys

import psutil
import pytest

from tests import traces

# Frees texts, short ones and long ones, each beside one that stays; the name comes turned round.
FREES = """
import sys
from ui import freed
freed.keep_little()
name = sys.argv[1][::-1]
texts = [f"{number:06} {name}" + 400 * (number % 3) * "." for number in range(20_000)]
others = [f"{number:06} {len(text) * 'x'}" for number, text in enumerate(texts)]
name = text = None
texts.clear()
print("freed", flush=True)
sys.stdin.readline()
freed.overwrite()
print("overwritten", flush=True)
sys.stdin.readline()
"""


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
def test_what_python_has_freed_is_overwritten() -> None:
    name = "Quobblewick Zanthorpe"
    marks = traces.of_name(name)
    with subprocess.Popen(
        [sys.executable, "-c", FREES, name[::-1]], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as child:
        assert child.stdin
        assert child.stdout
        process = psutil.Process(child.pid)
        assert child.stdout.readline() == "freed\n"
        assert traces.in_memory([process], marks)
        print(file=child.stdin, flush=True)
        assert child.stdout.readline() == "overwritten\n"
        assert traces.in_memory([process], marks) == []
        print(file=child.stdin, flush=True)
