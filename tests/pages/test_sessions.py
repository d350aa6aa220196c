"""A class on one server: everybody has choices of their own, and sees nobody else's."""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor

import pytest
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

from core.workspace import Workspace
from tests import fakes
from tools.benchmarks.visitor import Session, server, session
from ui.state import Widget
from ui.text import common

PUPILS, CLASSES = 6, 3
STEPS = ("bring", "split")


class Pupil(Session):
    """A visitor who can say what the page shows now."""

    shown = ""

    def _heard(self, message: ForwardMsg) -> bool:
        self.shown = f"{'' if message.WhichOneof('type') == 'new_session' else self.shown}{message}"
        ended = super()._heard(message)
        # Else the server leaves out what it has sent before.
        self._cached.clear()
        return ended

    def newest(self, key: Widget) -> str:
        """Return the whole key of the widget drawn last that begins so."""
        return next(known for known in reversed(self.widgets) if known.startswith(f"{key}-"))


def people(number: int) -> tuple[str, ...]:
    return f"Ada-{number}", f"Bo-{number}"


async def takes_part(port: int, number: int, everybody: asyncio.Barrier) -> None:
    """Choose, wait until all others have chosen something else, and look whether one's own choices stand."""
    mine, epochs, step = number % CLASSES, 10 + number, STEPS[number % len(STEPS)]
    async with session(port, Pupil) as pupil:
        await pupil.visit("train")
        await pupil.choose(Widget.TRAIN_ON, string_value=common.dataset(f"class {mine}", 2))
        await pupil.choose(Widget.EPOCHS, double_value=epochs)
        await pupil.visit("dataset")
        await pupil.choose(f"{Widget.STEP}-{step}", trigger_value=True)
        await everybody.wait()
        await pupil.visit("train")
        assert pupil.newest(Widget.TRAIN_ON).startswith(f"{Widget.TRAIN_ON}-made{mine}-")
        # The default of the first phase follows the epochs, which stand in its key.
        assert pupil.newest(Widget.HEAD_EPOCHS) == Widget.HEAD_EPOCHS.of("recommended", epochs)
        await pupil.visit("dataset")
        assert (Widget.SOURCE in pupil.shown) == (step == "bring")
        if step == "split":
            assert all((name in pupil.shown) == (other == mine) for other in range(CLASSES) for name in people(other))
        assert pupil.errors == []


async def meet(port: int) -> None:
    everybody = asyncio.Barrier(PUPILS)
    async with asyncio.timeout(120), asyncio.TaskGroup() as pupils:
        for number in range(PUPILS):
            pupils.create_task(takes_part(port, number, everybody))


@pytest.mark.slow
def test_nobody_sees_or_changes_what_another_has_chosen(lab_home: Workspace) -> None:
    for number in range(CLASSES):
        fakes.dataset(lab_home, people(number), dataset_id=f"made{number}", name=f"class {number}")
    # A thread of its own: where tests in a browser ran before, this one has a loop already.
    with server(lab_home) as (port, _), ThreadPoolExecutor(1) as pool:
        pool.submit(lambda: asyncio.run(meet(port))).result()
