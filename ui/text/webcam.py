"""What the lab says before a webcam: while people are recorded, and while they are recognised."""

from __future__ import annotations

from core.live.recording import Hint
from ui.text.amounts import count

CAPTURE_TITLE = "Who is in front of the camera?"
CAPTURE_HOW = "Hold the button and turn your head slowly. The pictures stay on this computer."
NAME, AGREES, HOLD = "Name", "agrees to be recorded", "Hold to record"
ANOTHER_PERSON, ONE_LESS = "+ person", "− person"
EACH = "Pictures of each person and place"
TRAIN_WITH = "Train with"
START = "Start"
AGAIN = "Start over"
COUNTER = "Pictures kept"
COUNT = "{n} of {target}"
DONE = "done"
FIRST = ("First the name and the tick.",)
WAIT = "Hold the button when it is your turn."
HINTS: dict[Hint, str] = {
    "nobody": "No face in the picture",
    "several": "One person at a time",
    "far": "Come closer",
    "edge": "Move to the middle",
    "dark": "Too dark: turn to the light",
    "bright": "Too bright: turn away from the light",
    "again": "Blurred: move more slowly",
    "turn_left": "Turn a little to the left",
    "turn_right": "Turn a little to the right",
}
# What can be wrong with a camera, as camera.js names it.
TROUBLES = {
    "refused": "The browser may not use the camera. Click the camera sign beside the address, allow it, and wait here.",
    "none": "No camera was found. Plug one in and wait here, or bring photos another way.",
    "taken": "Another program uses the camera. Close it and wait here.",
    "unplugged": "The camera shows nothing any more. Plug it in again and wait here.",
    "tab": "The camera is used in another tab of this lab. Close that tab and wait here.",
    "insecure": (
        "Browsers give the camera only to pages on the same computer (localhost) or over HTTPS. "
        "Open the lab on the computer it runs on, or bring photos another way."
    ),
}
SOMEBODY_RECORDS = "Somebody else is recording with this lab right now; wait until that page is closed."
CHOOSE_SHOT = "Or choose a picture, as from a phone"
SINGLE, SINGLE_HOW = "Take single pictures instead", "Eight pictures of each person, one after the other."
WHO = "Who is it?"
# What each of the eight pictures should show; the last three are another place.
SHOTS = (
    "Look straight ahead.",
    "Turn a little to the left.",
    "Turn a little to the right.",
    "Look up a little.",
    "Smile, and come closer.",
    "Now go to another place, or switch another lamp on. Look straight ahead.",
    "In the new place, turn a little to the left.",
    "In the new place, turn a little to the right.",
)
SHOTS_DONE = "Eight pictures are taken. Choose the next person."
NO_FACE_IN_SHOT = "Not kept: {hint}. Take it again."
NO_NAMES = "Give the first card a name and a tick before you take pictures."
WEBCAM_SET = "Webcam"
JOINS = "They join the photos that are there."
STARTED = "The training begins by itself, and then the live picture opens."

LIVE_TITLE = "Who is this?"
TRY_LIVE, TO_RESULT = "Try it live", "See the final exam"
BESIDE, NOBODY_BESIDE = "Beside it", "no other experiment"
NOT_SURE_BELOW = "Not sure below"
FREEZE, RELEASE, WHY = "Freeze the picture", "Go on", "Why?"
RATE = "{n} answers a second"
OPENING = "The network is being opened …"
NO_FACE = "No face in the picture."
LARGEST = "for the largest face"
FOOL = "Can you fool it?"
FOOL_WHO = "Who is really in front of the camera?"
FOOL_HOW = "Press what you try, and press it again when you are done."
STRANGER = "somebody else"
TRICKS = {
    "glasses": "glasses",
    "hat": "hat",
    "light": "other light",
    "hand": "hand over the mouth",
    "stranger": "a stranger",
    "photo": "a photo of a photo",
}
TRYING = "Every answer counts now. Move a little."
ADD_FOOLED, FORGET_FOOLED = "Add what fooled it, and train again", "Forget these pictures"
NO_REASON = "There is no face in this picture to explain."


def shot(taken: int) -> str:
    """Say what the next single picture should show."""
    return f"{taken + 1} of {len(SHOTS)}: {SHOTS[taken]}"


def no_picture(why: str) -> str:
    """Say why a file is not taken."""
    return f"This picture {why}; choose another one."


def skipped(blurred: int, equal: int) -> str:
    """Say how many pictures were not kept, and why; empty where all were."""
    parts = [f"{n} {what}" for n, what in ((blurred, "blurred"), (equal, "nearly equal")) if n]
    return f"{' and '.join(parts)} skipped" if parts else ""


def moved(target: int) -> tuple[str, ...]:
    """Say what comes after the first place."""
    place = "Now move to another place, or switch another lamp on."
    return f"{count(target, 'picture')}.", place, "These will be the final exam."


def all_there(pictures: int) -> tuple[str, ...]:
    return (f"{count(pictures, 'picture')}. Well done.",)


def missing(names_missing: bool, same_names: str, ready: int, each: int) -> str:
    """Say what is missing before a training can start; empty where nothing is."""
    if same_names:
        return f'Two cards are called "{same_names}". Give one another name.'
    if names_missing:
        return "Some pictures have no name yet. Type whose they are."
    if ready < 2:
        return f"It takes two people with {each} pictures each."
    return ""


def little_like(person: str) -> str:
    """Say why no name is said though the bar is long."""
    return f"Not sure: this face is little like the practice photos of {person}."


def disagrees(person: str) -> str:
    """Say whose pictures may not be used."""
    return f"{person} does not agree to be recorded. Set the tick, or start that card over."


def because(person: str, whole: float, covered: float) -> str:
    """Say what the coloured patches mean, and how much the strongest one counts."""
    before, after = f"{whole:.2f}", f"{covered:.2f}"
    if before == after:
        return f"What is coloured counts most, but no patch decides alone: “{person}” stays at {before}."
    return f"The answer rests on what is coloured: with the strongest patch covered, “{person}” goes to {after}."


def tried(looks: int, fooled: int, unsure: int) -> str:
    """Say how a trick ended."""
    if fooled:
        return f"fooled {fooled} of {looks}"
    return f"not sure {unsure} of {looks}" if unsure else f"held {looks} of {looks}"


def kept(pictures: int) -> str:
    return f"{count(pictures, 'picture')} that fooled it, or left it unsure, wait on this computer."
