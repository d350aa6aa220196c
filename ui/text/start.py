"""What the page Start says."""

from __future__ import annotations

from ui.text.amounts import spelled

QUESTION = "Can a computer learn new faces from ten photos each?"
ANSWER_IT = "Bring photos of a few people. Watch a network learn them, then test it."
DRAWN = "None of them exists. They were drawn for this lab."
TRY_IT = "Try it"
SAMPLE = "Drawn people"
OWN_PHOTOS, WEBCAM = "Use my own photos", "Use the webcam"
STEPS = ("bring photos", "check faces", "choose what may learn", "final exam")
STEP_DONE, STEP_NEXT = "done", "next"


def question_these(people: int) -> str:
    return f"Can a computer learn these {spelled(people)} people?"


def question_drawn(people: int) -> str:
    return f"Can a computer learn these {spelled(people)} people from ten photos each?"


def go_on_with(result: str) -> str:
    return f"Go on (last time: {result})"
