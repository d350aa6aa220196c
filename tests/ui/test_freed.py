"""What was freed cannot be read any more. Searched from outside: whoever looks for a name has it in memory."""

from __future__ import annotations

import subprocess
import sys
from types import SimpleNamespace

import psutil
import pytest

from tests import traces
from ui import freed

# Frees texts, short ones and long ones, each beside one that stays; the name comes turned round. With "--small" few
# stay, and small things take the place of some; what is behind the last of them is as it was.
FREES = """
import mmap
import sys
import threading
from ui import freed
freed.keep_little()
name = sys.argv[1][::-1]
shown = [name if number % 500 else len(name) * "x" for number in range(200_000)]
texts = [f"{number:07} {each}" + 400 * (number % 3) * "." for number, each in enumerate(shown)]
small = "--small" in sys.argv
others = texts[::500] if small else [f"{number:06} {len(text) * 'x'}" for number, text in enumerate(texts)]
name = shown = text = None
texts.clear()
if small:
    things = [object() for _ in range(100_000)], [complex(number) for number in range(100_000)]
print("freed", flush=True)
sys.stdin.readline()
if "--beside" in sys.argv:
    # What threads and libraries ask the system for meanwhile, a few at a time.
    def asks():
        taken = []
        while True:
            taken.append(mmap.mmap(-1, 3 << 20))
            threading.Event().wait(0.0002)
    threading.Thread(target=asks, daemon=True).start()
freed.overwrite()
print("overwritten", flush=True)
sys.stdin.readline()
"""


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
@pytest.mark.parametrize(
    ("how", "name"),
    [
        ("", "Quobblewick Zanthorpe"),
        ("--beside", "Quobblewick Zanthorpe"),
        ("--small", "Quobblewick Zanthorpe"),
        ("--small", "Quobblew"),
    ],
    ids=["alone", "others take memory", "small things", "small things and a short name"],
)
def test_what_python_has_freed_is_overwritten(how: str, name: str) -> None:
    marks = traces.of_name(name)
    with subprocess.Popen(
        [sys.executable, "-c", FREES, name[::-1], how], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
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


def test_it_is_overwritten_when_open_pages_have_drawn_themselves_and_twice_later(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """In the thread of the server's loop, which is not the one that asks for it."""
    asked: list[tuple[float, object]] = []
    loop = SimpleNamespace(call_later=lambda after_s, what: asked.append((after_s, what)))
    loop.call_soon_threadsafe = lambda call, *rest: call(*rest)
    server = SimpleNamespace(_get_async_objs=lambda: SimpleNamespace(eventloop=loop))
    monkeypatch.setattr(freed.runtime, "exists", lambda: True)
    monkeypatch.setattr(freed.runtime, "get_instance", lambda: server)
    freed.overwrite_soon()
    assert asked == [(5.0, freed.overwrite), (20.0, freed.overwrite), (60.0, freed.overwrite)]
