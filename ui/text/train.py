"""What the page Train says, and what others say of settings."""

from __future__ import annotations

from collections.abc import Sequence

from core.config import Pooling
from core.evaluation.learning_curve import Mark
from core.experiments.compare_runs import Setting
from core.jobfolder import State
from ui.text import common
from ui.text.amounts import about, count, size, spelled

TRAIN_TITLE = "How much of the network may learn?"
TRAIN_ON = "Photos"
BACKBONE = "Ready-made network (backbone)"
STARTS_WITH = "It starts"
STARTS_FACES = "trained on faces"
STARTS_THINGS = "trained on pictures of things"
FREEZE = "Frozen blocks, counted from the left"
FREEZE_LAYERS = "Frozen layers, counted from the left"
SINGLE_LAYERS = "Choose single layers instead of blocks"
FROZEN, FROZEN_OF, RETRAINED = "frozen", "{frozen} of {layers} frozen", "retrained"
KEPT_AS_IT_WAS = "kept as it was"
LEARNS_FROM_ZERO, FROZEN_AT_RANDOM = "from zero", "frozen, random"
NEW_LAYERS, NEW = "New last layers", "start from zero"
DRAG_THE_HANDLE = "Drag the handle: what is left of it is frozen."
HOW_FAR, WHAT_LEARNED = "How far each block moved", "What learned"
MOVED_NOT, MOVED, HARDLY_MOVED = "moved 0.0 %", "moved {percent:.1f} %", "hardly moved"
FROZEN_STILL_WORK = "Frozen layers still work. They just don't learn any more."
IMAGE_SIZE = "Size of a face"
EPOCHS = "Rounds (epochs)"
PHOTOS_A_PERSON = "Practice photos a person"
PRESETS_TITLE = "Repeat a published experiment"
PRESET = "Whose settings?"
PRESETS: dict[str, tuple[str, str]] = {
    "recommended": ("Ours", "The settings this lab suggests. All else here is what others did."),
    "notebook": ("Notebook: three people", "It got 9 to 12 of 12 photos right, whatever was frozen: no clear winner."),
    "football-64": ("Football, small pictures", "Its authors say 81 of 100 right. Their own records show 52."),
    "football-224": ("Football, large pictures", "Its authors say 69 of 100 right. Their own records show 70."),
    "webcam": ("Webcam: two people", "A thousand webcam pictures each; its authors give no number of right answers."),
}
BATCH, LEARNING_RATE, SEED = "Photos at once (batch size)", "Learning rate", "Start of chance (seed)"
COPIES = "Versions of each practice photo (augmentation)"
NEW_LAYERS_TITLE, COPIES_TITLE = "New last layers", "Varied copies"
POOLING = "Before them (pooling)"
POOLINGS: dict[Pooling, str] = {"average": "average of each map", "flatten": "everything, in a row (flatten)"}
HIDDEN, HIDDEN_EXAMPLE = "Sizes of layers between (hidden)", "none; or 512, 256"
DROPOUT = "Share that is left out by chance (dropout)"
ROTATION, SHIFT, ZOOM, FLIP = "Turned by up to (degrees)", "Shifted by up to", "Larger or smaller by up to", "Mirrored"
OPTIMIZER, MOMENTUM, PRECISION = "Rule of learning (optimizer)", "Momentum", "Number format"
HEAD_EPOCHS = "First rounds for the new last layers alone"
STOP_EARLY = "Stop after rounds without gain (0: never)"
SLOW_DOWN = "Learn slower after rounds without gain (0: never)"
KEEP_BEST, CLASS_WEIGHTS = "Keep the best round", "Everybody weighs the same"
START_TRAINING = "Start"
NOT_TRAINABLE = "Two people with photos for practice, mock exam and final exam are needed. Bring more photos."
ALL_IT_SEES = "This is all it sees."
MORE_NETWORKS = "More networks (need a download)"
WHICH_NETWORK = "Which one?"
OWN_FILE = "No internet? Bring the file {file}"
USE_UNTAUGHT = "Use it untrained"
CHECKING_FILE = "Checking the file"
NETWORK_STOPPED = "You stopped that. What has arrived is kept."
NOT_HERE = "What this network learned before is not on this computer yet."
DOWNLOAD = "Download it ({size})"
DOWNLOADING = "Downloading: {done} of {total}"
MISSING_HERE = "What this network learned before is missing. Install the lab again."
START_UNTRAINED = "Start untrained instead"
NO_PHOTOS = "There are no photos to learn from yet."
TO_PHOTOS = "Bring photos"
ANOTHER = "New experiment"
WAITS = "Waiting for its turn"
GETTING_READY = "Getting ready"
PREPARING = "The frozen layers look at every photo once"
PREPARING_ALL = "The network looks at every photo once, before it learns"
LEARNING = "Learning: round {epoch} of {epochs}"
EXAM_RUNS = "Sitting the final exam"
BY_HEART = "**Learning by heart (overfitting):** after round {epoch} its error rises in the mock exam, not in practice."
BY_HEART_TRY = "Try more photos, fewer rounds, or freeze more blocks."
BY_HEART_ALL_FROZEN = "Try more photos, or fewer rounds."
TOO_LITTLE = "**It was still getting better when it ended (underfitting).**"
TOO_LITTLE_TRY, TOO_LITTLE_ALL_LEARNS = "Try more rounds, or let more blocks learn.", "Try more rounds."
SAYS_NOW = "What it says right now (mock exam)"
SAID_THEN = "What it said after round {epoch} (mock exam)"
SAYS_NOTHING = "It has said nothing yet."
WALL_RIGHT, WALL_WRONG = "{true}. It says {says}: right.", "{true}. It says {says}: wrong."
SKIP, PLAY_AGAIN, LOOK_BACK = "Skip to the end", "Play it again", "Look back at round"
REPLAY = "How it learned: round {epoch} of {epochs}"
IS_FASTER = "It is at round {newest} already. This shows four rounds a second."
INTERRUPTED_EARLY = "No round was finished. Start it once more."
TRY_AGAIN = "Try it again"
KEPT = "What it learned until then is kept."
MOCK_HOW = "The mock exam is asked after every round, with photos it never practises with."
STARTS_EMPTY = "It has the shape of this network, but it is untrained: every layer begins by chance."
PICTURES_SO_FAR = "{percent} % done; varied copies of each photo are looked at as well"
TAKE_OUT = "Take it out"
WAITING_TITLE = "Waiting for their turn"
INTERRUPTED_HOW = "Nothing of the finished rounds is lost. Go on where it stopped."


def starts_with(backbone: str) -> str:
    """Return what a ready-made network has seen before."""
    return STARTS_THINGS if backbone.startswith("imagenet") else STARTS_FACES


def try_wider(title: str) -> str:
    return f" For photos of your own, {title} is often better."


def freeze_sentence(frozen: int, total: int, what: str) -> tuple[str, str]:
    """Say what is frozen, and what learns besides the new last layers; `what` is "block", "stage" or "layer"."""
    if frozen == 0:
        return f"No {what} is frozen.", f"All {total} {what}s"
    if frozen == total:
        return f"All {total} {what}s are frozen.", ""
    first = f"{what.capitalize()} 1 is" if frozen == 1 else f"{what.capitalize()}s 1–{frozen} are"
    rest = f"{what} {total}" if frozen == total - 1 else f"{what}s {frozen + 1}–{total}"
    return f"{first} frozen.", rest.capitalize()


def practice_sample(n: int) -> str:
    """Say that the practice curve shows some of the practice photos."""
    return f"The practice curve is measured on {n} of the practice photos, the same ones after every round."


def how_many_learn(trainable: int, total: int, *, head_only: bool) -> str:
    """Go on from what learns to how many numbers that is; the field's word once, in brackets."""
    who = "Only the new last layers learn" if head_only else " and the new last layers learn"
    return f"{who}: {trainable:,} of {total:,} numbers (parameters)."


def responds_to(block: str) -> str:
    return f"What {block} answers to in this face: bright is much, dark is little"


def settings_of(preset: str) -> str:
    return f"Settings of a published experiment. {preset}."


def one_face(side_px: int) -> str:
    return f"One face of {pixels(side_px)}, enlarged"


def network_to_get(title: str, size_bytes: int) -> str:
    return f"{title} ({size(size_bytes)})"


def network_is_here(title: str) -> str:
    return f"{title} is on this computer now."


def takes(how_long: str) -> str:
    """Say how long a training will take; `how_long` as `ui.text.amounts.about` gives it."""
    return f"Takes {how_long}"


def in_queue(before: int) -> str:
    """Say how many experiments have to end before a waiting one begins."""
    return f"Waiting for {count(before, 'experiment')} before it"


def in_round(epoch: int, batch: int, batches: int) -> str:
    """Say where in a round a training is; between rounds the steps are not known."""
    return f"round {epoch}, {batch} of {batches} steps" if batches else f"round {epoch}"


def waits_behind(others: int) -> str:
    return f"{count(others, 'experiment')} {'waits' if others == 1 else 'wait'} behind it"


def and_more(others: int) -> str:
    return f"and {others} more"


def pixels(side_px: int) -> str:
    return f"{side_px} × {side_px} points"


def settings(title: str, frozen: str, side_px: int, epochs: int, starts: str, photos: int | None = None) -> str:
    """Return an experiment's settings on one line; `photos` where not all of each person are used."""
    each = f" · {common.photos_each(photos)}" if photos else ""
    return f"{title} · {frozen} · {side_px} points · {count(epochs, 'round')} · starts {starts}{each}"


def starts(pretrained: bool, backbone: str) -> str:
    return starts_with(backbone) if pretrained else common.UNTRAINED


def finished_in(seconds: float, shown: int, epochs: int) -> str:
    """Say that a training is over although its rounds are still being shown."""
    took = f"{max(1, round(seconds))} s" if seconds < 90 else about(seconds)
    return f"It finished in {took}. This shows round {shown} of {epochs}."


def learning_curve(mark: Mark, frozen: int, units: int) -> str:
    """Say what a marked spot on the curve shows, and what can be tried with so many of the units frozen."""
    if mark.finding == "overfitting":
        tried = BY_HEART_ALL_FROZEN if frozen == units else BY_HEART_TRY
        return f":red[◯] {BY_HEART.format(epoch=mark.epoch)} {tried}"
    return f":red[◯] {TOO_LITTLE} {TOO_LITTLE_TRY if frozen else TOO_LITTLE_ALL_LEARNS}"


def wall_alt(right: int, faces: int) -> str:
    return f"Mock exam: it is right about {right} of {count(faces, 'face')}."


def ended(state: State, epoch: int) -> str:
    """Say how an experiment ended, after how many rounds."""
    after = count(epoch, "round")
    return {
        "failed": "It could not go on",
        "stopped": f"You stopped it after {after}" if epoch else "You stopped it before the first round",
        "interrupted": f"It was interrupted after {after}" if epoch else "It was interrupted before the first round",
    }.get(state, f"Finished after {after}")


def this_is(number: int) -> str:
    return f"This is experiment {number}."


def changes_too_much(which: str, changed: Sequence[Setting]) -> str:
    """Say that too many settings differ from the newest experiment."""
    if set(changed) == {"other"}:
        return f"Several advanced settings differ from {which}. Change one, to see what it does."
    return f"These differ from {which}: {common.names_of(changed)}. Change one, to see what it does."


def tried_to_learn(which: str) -> str:
    """Say that blocks were unfrozen, but an epoch from before was kept."""
    return f"{common.capital(which)} tried to learn. The frozen network was better, so it was kept."


def ended_before(which: str) -> str:
    return f"It ended before {which} began to learn: only the new last layers learned."


def did_not_help(frozen: int, now: int, total: int) -> str:
    """Say that the new last layers alone would have done better in the final exam."""
    return f"Retraining did not help: the frozen network was better ({frozen} against {now} of {total})."


def two_phases(head_epochs: int) -> str:
    first = f"In rounds 1–{head_epochs}" if head_epochs > 1 else "In round 1"
    return (
        f"{first} only the new last layers learn. From round {head_epochs + 1} on, all that is not frozen learns too."
    )


def kept(epoch: int, border: int | None = None) -> str:
    """Say which epoch was kept; `border` is the last one that could not be chosen."""
    among = f"Of the rounds after {border}, round" if border is not None else "Round"
    return f"{among} {epoch} was the best in the mock exam, so it took the final exam."


def a_round(looks: int, later: int | None) -> str:
    """Say how often an epoch looks at each photo; `later` is that number once more than the new last layers learns."""
    said = f"One round: each practice photo is looked at {often(looks)}"
    if later is None or later == looks:
        return f"{said}."
    return f"{said} while only the new last layers learn, {often(later)} afterwards."


def often(times: int) -> str:
    """Say how often: "once", "twice", "three times"."""
    return {1: "once", 2: "twice"}.get(times, f"{spelled(times)} times")
