"""Every sentence a user reads: for a 14-year-old, under 20 words, the plain word first, the field's word in brackets.

Functions fill in numbers and names; names come in as text (`ui.text.plain`) where Streamlit reads markdown.
"""

from __future__ import annotations

from collections.abc import Sequence

from core.comparison import Setting
from core.config import Detector, Pooling, Split
from core.decision import Freeze
from core.evaluation.curves import CurveLabels
from core.evaluation.figures import ConfusionLabels
from core.evaluation.learning import Mark
from core.evaluation.listing import Order, Show
from core.jobfolder import State
from core.photos.balance import GOOD_FROM
from core.suggestions import Idea
from ui.amounts import about, count, size, spelled, spelled_count

# So many photos of each person in the final exam give a mark that hardly depends on one of them.
STEADY_FROM = 4

LAB = "Face Lab"
START, PHOTOS, TRAIN, TEST = "Start", "Photos", "Train", "Test"
STAYS_HERE = "Photos stay on this computer."
ADVANCED = "Advanced"
STOP, GO_ON, STOPPING = "Stop", "Go on", "Stopping…"
SPLITS: dict[Split, str] = {"train": "practice", "validation": "mock exam", "test": "final exam"}

# Start
QUESTION = "Can a computer learn new faces from ten photos each?"
ANSWER_IT = "Bring photos of a few people. Watch a network learn them, then test it."
DRAWN = "None of them exists. They were drawn for this lab."
TRY_IT = "Try it"
SAMPLE = "Drawn people"
OWN_PHOTOS, WEBCAM = "Use my own photos", "Use the webcam"
STEPS = ("bring photos", "check faces", "choose what may learn", "final exam")
STEP_DONE, STEP_NEXT = "done", "next"

# Photos
BRING = "Bring photos"
BRING_HOW = "Say who is who. Ten photos of each person are enough to start."
PHOTO_STEPS = ("1 Bring photos", "2 Check faces", "3 Split")
INTO, INTO_NEW = "Where do they go?", "New photos"
SOURCE_PEOPLE, SOURCE_DROP, SOURCE_ZIP = "Person by person", "A whole folder", "A zip file"
SOURCE_FOLDER, SOURCE_INTERNET = "A path on this computer", "From the internet"
CHOOSE_FOLDER = "Choose a folder"
WHOLE_FOLDER = "Folder with a folder for each person"
NAME, NAME_OF, ANOTHER_PERSON = "Name", "Who is this?", "+ person"
PHOTOS_OF_PERSON = "Photos of this person"
REMOVE = "Remove"
MY_PHOTOS = "My photos"
NO_SOURCE_PEOPLE = "Type a name and choose photos first."
NO_SOURCE_DROP = "Choose a folder first."
NAMELESS = "Some photos have no name yet. Type whose they are."
BROUGHT_HERE = "On this computer, ready to be looked at:"
SOURCE = "Where are the photos?"
ZIP = "Zip file with a folder for each person"
FOLDER = "Path of the folder"
FOLDER_EXAMPLE = "for example /home/ada/photos"
LAYOUT = "It should look like this"
FIND_FACES = "Find the faces"
YES_FIND, NO = "Yes, find the faces", "No"
THEN_FOLDERS = "Then put the photos of each person into a folder with their name."
COLLECTION = "Which people?"
HOW_MANY_PEOPLE, HOW_MANY_PHOTOS = "How many people?", "How many photos of each?"
FETCH = "Fetch them"
DETECTOR = "How are faces found?"
DETECTORS: dict[Detector, str] = {
    "yunet": "YuNet: finds most faces",
    "haar": "Haar: older, misses more",
    "none": "Not at all: the photos are faces already",
}
MARGIN = "Free space around a face, compared with its size"
NO_SOURCE_ZIP = "Choose a zip file first."
NO_SOURCE_FOLDER = "Type the path of a folder first."
FINDING = "Finding the faces"
READING = "Reading the photos"
FOUND_SO_FAR = "{done} of {total} photos"
READ_SO_FAR = "{done} photos"
STEP_STARTING = "Starting"
CROP_STOPPED = "You stopped the search. Nothing was kept."
CROP_INTERRUPTED = "The search was interrupted. Bring the photos again."
SEARCH_CUT_OFF, LEAVE_IT = "The search for faces was interrupted. Your photos are still here.", "Leave it"
TRAIN_WITH_THESE = "Train with these faces"
BRING_OTHERS = "Bring more photos"
CONTINUE, CHANGE_PEOPLE = "Continue", "Change people or photos"
TO_CHECK = "needs a look"
LOOK_CLOSER, ALL_FACES = "Look closer", "All faces"
NOT_ENOUGH = "These photos are not enough to learn from yet. It takes two people with three photos each."
NOTHING_TO_LOOK_AT = "Nothing needs a look any more."
TWO_PEOPLE = "They are two people"
KEEP, KEEP_ALL, USE = "Keep", "Keep all", "Use"
SPARE_HOW = (
    "Some photos lie beside the three stacks. They are left out until you say so. "
    "What you use joins practice, so the exams stay the same."
)
LEAVE_OUT, LEAVE_ALL_OUT, USE_WHOLE = "Leave out", "Leave all out", "Use the whole photo"
THIS_ONE, OUR_GUESS, LARGEST = "This one", "our guess", "largest"
CANNOT_TELL = "Two faces are close. Please choose."
COMPARE, COMPARING = "Compare all faces, to find mix-ups", "The network compares all faces"
WAIT_FOR_PHOTOS = "Not enough photos yet"
QUESTIONS = {
    "several_faces": "{photos} of several faces: which one is it?",
    "same_as_other_person": "Also with somebody else: {photos}",
    "small_face": "{photos} with a very small face",
    "turned": "Turned upright: {photos}",
    "across_splits": "Alike, but in two stacks: {photos}",
    "spare": "{photos} beside the three stacks: use for practice?",
    "no_face": "{photos} without a face",
    "unreadable": "Cannot be read: {photos}",
    "leak": "In practice too, so not counted: {photos}",
    "misplaced": "{photos} that lie elsewhere",
    "not_a_photo": "No photos: {photos}",
    "removed": "{photos} left out by you",
    "stranger": "Like somebody else: {photos}",
}
LEAK_HOW = "It would only remember these, not recognise them. So they are out of the exam."
SEE_LEAKS, LET_COUNT, COUNT_ALL = "See them", "Let it count", "Let all count"
WHOM, NEW_NAME, CALLED = "Whom?", "Name", "These photos are called"
NOBODY_ELSE, SOMEBODY_ELSE = "nobody else", "They show somebody else"
THEY_SHOW = "Whom do they show?"
TICK_PHOTOS = "Choose photos that are wrong here."
FIND_AGAIN = "Find the faces again"
HOW_FOUND = "Advanced: how faces are found"
PHOTOS_OF = "Your photos"
LEFT_OUT = "Left out"
PHOTO, REASON = "photo", "reason"
STACKS = "Three stacks of photos"
STACKS_WHY = "It learns from practice only. The network never sees the final-exam photos while it learns."
FRACTIONS = "Advanced: how large is each stack?"
FRACTIONS_NOW = "Out of 100 photos"
SPLIT_AGAIN = "Deal them out again"
NO_FRACTIONS = "Each stack needs at least one photo in a hundred."
TOGETHER_HOW = "These look alike or were taken within a minute. They stay in one stack, so the exam is fair."
UNGROUP = "They differ: part them"
DECISION = "What do your photos need?"
DECISION_HOW = "Are they like the photos this network has seen: real faces, from the front?"
SIMILAR, DIFFERENT = "similar", "different"
SIMILAR_LIKE, DIFFERENT_LIKE = "photos of faces", "drawings, masks, animals"
FEW_PHOTOS, MANY_PHOTOS = "few photos", "many photos"
YOUR_PHOTOS_HERE = "your photos"
FREEZE_ADVICE: dict[Freeze, str] = {
    "all": "freeze all blocks",
    "some": "let the last blocks learn",
    "none": "let all of it learn",
}
WITHOUT_NAME = "without a name"
ON_DISK = "What is on this computer"
DELETE_DATASET = "Delete these photos and all experiments with them"
ERASE = "Erase everything: all photos, all experiments"
SURE = "Yes, really"
ALL_OF_IT = "All photos and all experiments"

# Train
TRAIN_TITLE = "How much of the network may learn?"
TRAIN_ON = "Photos"
BACKBONE = "Ready-made network (backbone)"
STARTS_WITH = "It starts"
STARTS_FACES = "trained on faces"
STARTS_THINGS = "trained on pictures of things"
UNTRAINED = "untrained"
FREEZE = "Frozen blocks, counted from the left"
FREEZE_LAYERS = "Frozen layers, counted from the left"
SINGLE_LAYERS = "Choose single layers instead of blocks"
BLOCK, STAGE, LAYER = "block", "stage", "layer"
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
UNFROZEN_RATE = "Learning rate once blocks learn too, as a share"
MIN_STEPS, UNFROZEN_MIN_STEPS = "Steps a round, at least", "Steps a round once blocks learn too, at least"
SCALE_FEATURES, ZERO_START = "Features brought to one scale", "New last layers start at zero"
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
TO_EXAM = "See the final exam"
WAITS = "Waiting for its turn"
GETTING_READY = "Getting ready"
PREPARING = "The frozen layers look at every photo once"
PREPARING_ALL = "The network looks at every photo once, before it learns"
LEARNING = "Learning: round {epoch} of {epochs}"
EXAM_RUNS = "Sitting the final exam"
RIGHT_ANSWERS = "Right answers out of 100"
ERROR = "Error (loss)"
ROUND, GUESSING = "round", "guessing: 1 in {people}"
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
PICTURES_SO_FAR = "{done} of {total} pictures, varied copies among them"
TAKE_OUT = "Take it out"
WAITING_TITLE = "Waiting for their turn"
INTERRUPTED_HOW = "Nothing of the finished rounds is lost. Go on where it stopped."

# Test
TEST_TITLE = "Final exam"
NO_RUNS = "No experiment has finished yet."
STILL_RUNNING = "The experiment is still running. The final exam comes at its end."
TO_TRAIN = "Train a network"
TO_RUNNING = "Watch it learn"
RUN = "Experiment"
BALANCED = "If everybody had the same number of photos: about {percent} of 100."
CLEARLY_BETTER = "Clearly better than guessing."
NOT_CLEARLY_BETTER = "That could be luck."
GUESSING_HERE = "guessing"
NO_LABELS = "Nobody said who is on the photos of the final exam. So there is nothing to count."
MATRIX_HOW = "The confusion matrix: a row for each person, a column for each answer. Click a square to see its photos."
REST = "The others"
REST_COLUMNS = ("person", "photos", "right", "mostly taken for")
MATRIX_VIEW, EVERY_PHOTO = "Who is taken for whom", "Every photo"
NUMBERS = "The same in numbers"
SCORES_HOW = "Out of 100: how many of a person's photos were found, and how often the name is right."
SCORES_COLUMNS = ("person", "photos", "found (recall)", "name is right (precision)", "both in one (F1)")
PERCENT_HOW = "Who is taken for whom, out of 100 photos of each person:"
SHOW, ONE_PERSON, ORDER, EVERYBODY = "Show", "Whose?", "In which order?", "everybody's"
SHOW_LABELS: dict[Show, str] = {"all": "all", "wrong": "wrong", "not_sure": "not sure", "right": "right"}
SHOW_UNLABELLED: tuple[Show, ...] = ("all", "not_sure")
ORDER_LABELS: dict[Order, str] = {"worst": "the worst first", "surest": "the surest first", "name": "by name"}
ORDER_UNLABELLED: dict[Order, str] = {**ORDER_LABELS, "worst": "the least sure first"}
NONE_LIKE_THIS = "There are no photos like this."
TAKE_TABLE = "Table (CSV)"
TABLE_COLUMNS = ("photo", "who it is", "who it says")
IS, SAYS = "is", "says"
NOT_SURE, LEANS_TOWARDS, NOT_SURE_SAYS = "not sure", "leans towards", "not sure, leans towards"
STRANGER, ANOTHER_STRANGER = "Show it a stranger", "Show it another stranger"
STRANGERS = "Strangers"
SURE_FROM = "It says a name from"
STRANGERS_HOW = "Drawn people whom it never saw."
RIGHT_SIGN, WRONG_SIGN = "✓", "✗"
NEW_PHOTOS = "Show it new photos"
NEW_PHOTOS_HOW = "One or many. It looks at every face."
ASK = "Who is this?"
LOOKING = "Looking at the photos"
ANSWERING = "The network says who it is"
ASK_INTERRUPTED = "That was interrupted. Choose the photos again."
TAKE_MODEL = "Take it along (zip)"

# What changed since the last experiment, before and now, what next
SETTINGS: dict[Setting, str] = {
    "network": "the network",
    "start": "what it starts with",
    "freeze": "frozen blocks",
    "size": "size of a face",
    "rounds": "rounds",
    "photos": "practice photos a person",
    "other": "advanced settings",
    "data": "the practice photos",
}
ONE_TAKE = "All from the same minute. Try it live."
HELD_AGAINST = "Held against"
NOTHING_FAIR = "No earlier experiment differs in one setting only. So nobody can say what made the difference."
CHOOSE_ONE = "Choose one"
BORDER_ON_CURVES = "The short bar on a line: from there on, blocks that are not frozen learn too."
A_TRY = "a try of a comparison"
MUST_LEARN = "An untrained network must learn everything, so all blocks are unfrozen."
NONE_IN_BOTH = "The two share no photos."
FIXED, BROKE = "Right now, wrong before", "Wrong now, right before"
CLEAR_DIFFERENCE, COULD_BE_LUCK = "That is a clear difference.", "That could be luck."
SAME_ANSWERS = "No photo changed between right and wrong."
ALL_PHOTOS_EACH = "all photos"
NEXT_IDEA, SET_IT_UP = "Next idea:", "Set it up"
IDEAS: dict[Idea, tuple[str, str]] = {
    "untrained": ("Start untrained", "How much does it help that the network has seen faces before?"),
    "seen_before": ("Start trained on faces", "How much does it help that the network has seen faces before?"),
    "retrain_last": ("Let {block} 5 learn", "Is it better when the last block learns too?"),
    "all_stops": ("All stops at once", "Which stop is best? Guess first, then try them all."),
    "few_photos": ("Three photos each", "Are three photos of each person enough?"),
    "stranger": ("Show it a stranger", "What does it say of somebody it never saw?"),
}
PUBLISHED = "What the notebook got"
PUBLISHED_HOW = "It froze four different parts of its network. Each bar shows what to expect of 100 new photos."
OURS = "This one"
NO_WINNER = "12 of 12 against 9 of 12 is no clear winner either."

# My experiments
LIBRARY = "My experiments"
LIBRARY_HOW = "Everything you trained. Choose a row to open it again."
LIBRARY_COLUMNS = (
    "no.", "experiment", "photos", "photos each", "what learned", "what differs", "right answers", "out of 100",
    "seconds",
)  # fmt: skip
FIRST_ONE = "the first with these photos"
NOT_TO_COMPARE = "more than one setting"
NO_EXPERIMENTS = "You have not trained anything yet."
OPEN_CURVES = "See how it learned"
RENAME, RENAME_AS, RENAME_SAVE = "Rename", "New name", "Save"
DELETE_RUN = "Delete"
TAKE_HOW = "The network, its names and its results. No photos."
BRING_BACK = "Bring back an experiment from another computer"
BRING_BACK_HOW = "Choose the zip you took along. Its photos are not in it, so some pictures stay empty."
BRING_BACK_FILE = "Zip of an experiment"
BROUGHT_BACK = "It is back in the list."
ERASING = "Stopping all work, then deleting"
DELETING = "Stopping what works with it, then deleting"


def dataset(name: str, people: int) -> str:
    return f"{name} ({count(people, 'person', 'people')})"


def learns_from(photos: str) -> str:
    return f"It learns from: {photos}"


def largest_upload(megabytes: int) -> str:
    return f"up to {megabytes:,} MB a file"


def check_them(photos: int) -> str:
    return "Check the photo" if photos == 1 else f"Check the {photos:,} photos"


def needs_look(photos: int) -> str:
    return f"{count(photos, 'photo')} {'needs' if photos == 1 else 'need'} a look."


def checked(faces: int, to_look_at: int) -> str:
    """Say what the search for faces gave."""
    return f"{count(faces, 'face')} ready" + (f", {needs_look(to_look_at)}" if to_look_at else ".")


def brought(name: str, files: int, people: int) -> str:
    """Say what lies ready; `people` is 0 where nobody knows yet."""
    return f"{name}: {count(files, 'file')}" + (f" of {count(people, 'person', 'people')}" if people else "")


def is_this_right(people: str) -> str:
    """Ask whether people and numbers that something other than folders says are right."""
    return f"**Is this right?** {people}"


def said_by(table: str) -> str:
    """Say what names the people: a table, or with an empty name the files."""
    return f'The table "{table}" says who is who.' if table else "The names of the files say who is who."


def no_zip(name: str, archive: str | None) -> str:
    """Say what a file is that was brought as a zip: another archive, by its name, or none."""
    if archive:
        return f'"{name}" is a {archive}, which is not read here. Unpack it, or pack it as a zip.'
    return f'"{name}" is no zip. Choose a zip file, or bring a whole folder.'


def leak(photos: int, exam: str) -> str:
    """Say that photos of an exam do not count."""
    are, do = ("is", "it does") if photos == 1 else ("are", "they do")
    return f"{count(photos, 'photo')} of the {exam} {are} in practice too, so {do} not count."


def leak_counts(photos: int, exam: str) -> str:
    """Say that photos of an exam count although they lie in practice."""
    are, do = ("is", "it counts") if photos == 1 else ("are", "they count")
    return f"{count(photos, 'photo')} of the {exam} {are} in practice too, and {do} all the same."


def question(kind: str, photos: int) -> str:
    """Say what the review asks of how many photos."""
    return QUESTIONS[kind].format(photos=count(photos, "file" if kind == "not_a_photo" else "photo"))


def same_person(one: str, other: str) -> str:
    return f"**{one}** and **{other}**: is that one person?"


def call_both(name: str) -> str:
    return f"Yes, {name}"


def take_guesses(sure: int, photos: int) -> str:
    return "Take all our guesses" if sure == photos else f"Take our {count(sure, 'sure guess', 'sure guesses')}"


def which_is(person: str, name: str) -> str:
    return f"Which one is **{person}**? ({name})"


def looks_like(name: str, other: str) -> str:
    return f"{name} looks more like {other}"


def it_is(person: str) -> str:
    return f"It is {person}"


def waits(person: str, photos: int) -> str:
    return f"**{person}** has {count(photos, 'photo')} that can be used. Three are needed at least."


def waits_alike(person: str, photos: int) -> str:
    return f"**{person}** has {count(photos, 'photo')}, but they look alike or were taken at once."


def use_again(name: str) -> str:
    return f"Use {name} again"


def same_as(person: str) -> str:
    return f"{person} is the same person as"


def remove_person(person: str) -> str:
    return f"Remove {person}"


def remove_photos(photos: int) -> str:
    return f"Remove {count(photos, 'photo')}" if photos else "Remove photos"


def allows(fewest: str, photos: int, exam: int) -> str:
    """Say what the numbers of photos allow; `exam` is the fewest of a person in the final exam."""
    if photos < GOOD_FROM:
        return f"{fewest} has only {count(photos, 'photo')}. {GOOD_FROM} or more a person works best."
    if exam >= STEADY_FROM:
        return "This works well."
    return f"This works. With {spelled_count(exam, 'exam photo')} each the mark will be shaky."


def unequal(most: str, most_photos: int, fewest: str, fewest_photos: int) -> str:
    """Warn of unequal numbers."""
    return (
        f"{most} has {most_photos} photos, {fewest} only {fewest_photos}. "
        "It may take to guessing the most frequent person."
    )


def grouped(groups: int, photos: int) -> str:
    return f"{count(photos, 'photo')} belong together, in {count(groups, 'group')}"


def advice(practice: int, large: bool, similar: bool, freeze: Freeze) -> str:
    """Give what the decision map says, in one sentence each."""
    amount = "many" if large else "few"
    like = "similar" if similar else "different"
    return f"{count(practice, 'practice photo')}: {amount}, and {like}. **Advice: {FREEZE_ADVICE[freeze]}.**"


def starts_with(backbone: str) -> str:
    """Give what a ready-made network has seen before."""
    return STARTS_THINGS if backbone.startswith("imagenet") else STARTS_FACES


def backbone(title: str, *, here: bool) -> str:
    return title if here else f"{title} (not on this computer yet)"


def freeze_sentence(frozen: int, total: int, what: str) -> tuple[str, str]:
    """Say what is frozen, and what learns besides the new last layers; `what` is "block", "stage" or "layer"."""
    if frozen == 0:
        return f"No {what} is frozen.", f"All {total} {what}s"
    if frozen == total:
        return f"All {total} {what}s are frozen.", ""
    first = f"{what.capitalize()} 1 is" if frozen == 1 else f"{what.capitalize()}s 1–{frozen} are"
    rest = f"{what} {total}" if frozen == total - 1 else f"{what}s {frozen + 1}–{total}"
    return f"{first} frozen.", rest.capitalize()


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
    """Say how long a training will take; `how_long` as `ui.amounts.about` gives it."""
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
    each = f" · {photos_each(photos)}" if photos else ""
    return f"{title} · {frozen} · {side_px} points · {count(epochs, 'round')} · starts {starts}{each}"


def frozen_short(frozen_units: int, units: int, frozen_blocks: int | None, what: str = BLOCK) -> str:
    """Say in a few words how much is frozen; at both ends the names of the two stops.

    Args:
        frozen_blocks: None where a block is cut.
        what: what a block is called.
    """
    if frozen_units == 0:
        return f"all {what}s learn"
    if frozen_units == units:
        return f"all {what}s frozen"
    return f"{count(frozen_blocks, what)} frozen" if frozen_blocks else f"{count(frozen_units, LAYER)} frozen"


def starts(pretrained: bool, backbone: str) -> str:
    return starts_with(backbone) if pretrained else UNTRAINED


def finished_in(seconds: float, shown: int, epochs: int) -> str:
    """Say that a training is over although its rounds are still being shown."""
    took = f"{max(1, round(seconds))} s" if seconds < 90 else about(seconds)
    return f"It finished in {took}. This shows round {shown} of {epochs}."


def learning_curve(mark: Mark, frozen: int, units: int) -> str:
    """Say what a marked spot on the curve shows, and what can be tried with so many of the units frozen."""
    if mark.finding == "by_heart":
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


def question_these(people: int) -> str:
    return f"Can a computer learn these {spelled(people)} people?"


def question_drawn(people: int) -> str:
    return f"Can a computer learn these {spelled(people)} people from ten photos each?"


def go_on_with(result: str) -> str:
    return f"Go on (last time: {result})"


def accuracy_labels(people: int, before: str = "", border: str = "") -> CurveLabels:
    """Return the words on the curves of right answers; `before` names the grey one, `border` its line."""
    guessing = GUESSING.format(people=people)
    return CurveLabels(SPLITS["train"], SPLITS["validation"], ROUND, guessing, before, border)


LOSS_LABELS = CurveLabels(SPLITS["train"], SPLITS["validation"], ROUND)
MATRIX_LABELS = ConfusionLabels(
    true="who it is",
    predicted="who it says",
    right="{true}: {count} right",
    wrong="{true} taken for {predicted}: {count}",
)


def accuracy_alt(practice: float | None, mock: float | None, rounds: int) -> str:
    """Describe the chart of right answers for those who cannot see it."""
    if practice is None or mock is None:
        return "Right answers over the rounds; no round is finished yet."
    return f"Right answers out of 100 after round {rounds}: practice {100 * practice:.0f}, mock exam {100 * mock:.0f}."


def border_alt(epoch: int, said: str) -> str:
    return f"A line at round {epoch}: {said}."


def loss_alt(practice: float | None, mock: float | None, rounds: int) -> str:
    if practice is None or mock is None:
        return "Error over the rounds; no round is finished yet."
    return f"Error after round {rounds}: practice {practice:.2f}, mock exam {mock:.2f}."


def matrix_alt(correct: int, total: int) -> str:
    return f"Who is taken for whom: {correct} of {total} photos lie on the diagonal, where the name is right."


def exam(correct: int, total: int) -> str:
    return f"{correct} of {total} right"


def has_met(people: Sequence[str]) -> str:
    """Say whom a network has learned from before; a test on them says little."""
    shown = ", ".join(people[:5]) + (" …" if len(people) > 5 else "")
    return f"This network has seen photos of {shown} before. Its result with them will look too good."


def expect(low: int, high: int) -> str:
    return f"Out of 100 new photos like these, expect between {low} and {high}."


def majority(correct: int, total: int) -> str:
    return f"Always guessing the most frequent person gives {correct} of {total}."


def cell(true: str, predicted: str, photos: int) -> str:
    """Say which photos a click on the matrix shows."""
    if true == predicted:
        return f"{true}, {count(photos, 'photo')} right"
    return f"{true} taken for {predicted}: {count(photos, 'photo')}"


def only_knows(people: int) -> str:
    return f"It only knows these {people} people."


def not_sure_below(percent: int) -> str:
    return f"Below {percent} % it says “not sure”."


def strangers_named(named: int, shown: int) -> str:
    """Say how many of the strangers shown so far got a name."""
    return f"{named} of {count(shown, 'stranger')} got a name."


def this_is(number: int) -> str:
    return f"This is experiment {number}."


def will_be_held_against(which: str, changed: Sequence[Setting], *, follows: bool) -> str:
    """Say what a new experiment will be held against, and what changes; `follows` where it explains a second change."""
    if follows:
        return f"Two things change against {which}: {_settings(changed)}. {MUST_LEARN}"
    if not changed:
        return f"Its settings are those of {which}."
    return f"One thing changes against {which}: {_settings(changed)}."


def changes_too_much(which: str, changed: Sequence[Setting]) -> str:
    """Say that too much differs from the newest experiment to tell which of it made a difference."""
    if set(changed) == {"other"}:
        return f"Several advanced settings differ from {which}. Change one, to see what it does."
    return f"These differ from {which}: {_settings(changed)}. Change one, to see what it does."


def _settings(changed: Sequence[Setting]) -> str:
    told = [SETTINGS[setting] for setting in changed]
    return " and ".join([", ".join(told[:-1]), told[-1]]) if len(told) > 1 else "".join(told)


def better_but_rough(photos: int) -> str:
    """Say of few photos that guessing is beaten, and how little else they say."""
    return f"Better than guessing. How good, {spelled_count(photos, 'photo')} can't say."


def rough(photos: int) -> str:
    """Say that a result of few photos is not to be leaned on."""
    return f"With {count(photos, 'photo')}, this is a rough idea only."


def which(first: int, last: int, what: str) -> str:
    """Name blocks (stages, layers) from one to another; `first` 1 is all of them."""
    if first == 1:
        return f"all {what}s"
    return f"{what} {first}" if first == last else f"{what}s {first}–{last}"


def retrained(first: int, last: int, what: str) -> str:
    """Say which blocks or layers learned on, in a few words; `first` is above `last` where none did."""
    if first > last:
        return f"all {what}s frozen"
    return f"all {what}s learn" if first == 1 else f"{which(first, last, what)} retrained"


def kept_as_was(first: int, last: int, what: str) -> str:
    """Say which blocks were let loose, but are in the network as they were before."""
    return f"{which(first, last, what)} {'kept as it was' if first == last != 1 else 'kept as they were'}"


def border(first: int, last: int, what: str) -> str:
    """Say at a line across the curves what begins to learn there."""
    if first == 1:
        return f"from here all {what}s learn"
    return f"from here {which(first, last, what)} {'learns' if first == last else 'learn'} too"


def tried_to_learn(which: str) -> str:
    """Say that blocks were let loose, but a round from before was kept."""
    return f"{capital(which)} tried to learn. The frozen network was better, so it was kept."


def ended_before(which: str) -> str:
    return f"It ended before {which} began to learn: only the new last layers learned."


def did_not_help(frozen: int, now: int, total: int) -> str:
    """Say that the new last layers alone would have done better in the final exam."""
    return f"Retraining did not help: the frozen network was better ({frozen} against {now} of {total})."


def capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def started(pretrained: bool, backbone: str) -> str:
    """Say what a network began with, in a few words."""
    if not pretrained:
        return "it was untrained"
    return "it had seen things before" if backbone.startswith("imagenet") else "it had seen faces before"


def rounds(epochs: int) -> str:
    return count(epochs, "round")


def photos_each(photos: int | None) -> str:
    return f"{count(photos, 'photo')} each" if photos else ALL_PHOTOS_EACH


def experiment(number: int) -> str:
    """Name an experiment within a sentence; what was made for a comparison has no number."""
    return f"experiment {number}" if number else A_TRY


def numbered(number: int, what: str) -> str:
    return f"{number}. {what}" if number else what


def practice_each(fewest: int, most: int) -> str:
    """Give how many practice photos each person has."""
    return f"{most}" if fewest == most else f"{fewest}–{most}"


def practice_photos(photos: int) -> str:
    return count(photos, "practice photo")


def differs(number: int, changed: Sequence[Setting]) -> str:
    """Say in a few words in what an experiment differs from the one it is held against, in a table with numbers."""
    which = f"{number}" if number else A_TRY
    return f"against {which}: {_settings(changed) or 'the same settings'}"


def earlier(number: int, result: str, what: str) -> str:
    """Return an earlier experiment in a few words, to choose from."""
    return numbered(number, f"{result}, {what}")


def before_and_now(which: str, before: str, now: str, right_before: int, right_now: int, total: int) -> str:
    """Hold two results against each other; `before` and `now` say what was different."""
    last = f"{before}, {right_before}" if before else f"{right_before}"
    this = f"Now: {now}, {right_now}" if now else f"Now, with the same settings: {right_now}"
    return f"{capital(which)}: {last} of {total}. {this} of {total}."


def theirs(number: int) -> str:
    """Name one of the published trainings."""
    return f"Notebook {number}"


def fixed_and_broke(fixed: int, broke: int) -> str:
    """Say how many photos changed between right and wrong, each way."""
    if not fixed and not broke:
        return SAME_ANSWERS
    now = "1 photo is" if fixed == 1 else f"{fixed or 'No'} photos are"
    return f"{now} right now that {'was' if fixed == 1 else 'were'} wrong; {broke or 'none'} the other way."


def too_many_differ(changed: Sequence[Setting]) -> str:
    """Say of two experiments that more than one setting differs."""
    if set(changed) == {"other"}:
        return "Several advanced settings differ. So nobody can say which one did it."
    return f"These differ: {_settings(changed)}. So nobody can say which one did it."


def both_had(photos: int) -> str:
    """Say on how many photos two experiments can be compared where not all are the same."""
    return f"Both were tested on {count(photos, 'photo')}."


def now_says(before: str, now: str, true: str) -> str:
    """Describe a photo whose answer changed."""
    return f"{true}: {before} before, {now} now"


def and_others(photos: int) -> str:
    return f"+ {photos}"


def all_of(photos: str) -> str:
    return f"{photos}: all its photos and experiments"


def two_phases(head_epochs: int) -> str:
    first = f"In rounds 1–{head_epochs}" if head_epochs > 1 else "In round 1"
    return (
        f"{first} only the new last layers learn. From round {head_epochs + 1} on, all that is not frozen learns too."
    )


def kept(epoch: int, border: int | None = None) -> str:
    """Say which round took the final exam; `border` is the last one that could not be chosen."""
    among = f"Of the rounds after {border}, round" if border is not None else "Round"
    return f"{among} {epoch} was the best in the mock exam, so it took the final exam."


def a_round(looks: int, later: int | None) -> str:
    """Say what a round is; `later` is the number of looks once more than the new last layers learns."""
    said = f"One round: each practice photo is looked at {often(looks)}"
    if later is None or later == looks:
        return f"{said}."
    return f"{said} while only the new last layers learn, {often(later)} afterwards."


def often(times: int) -> str:
    """Say how often: "once", "twice", "three times"."""
    return {1: "once", 2: "twice"}.get(times, f"{spelled(times)} times")


def not_in_yet(people: str, n: int) -> str:
    return f"**{people}** {'is' if n == 1 else 'are'} not in yet: too few photos. Look closer, or bring more."


def gone_for_good(what: str) -> str:
    return f"**{what}** will be gone for good."


def erased(photos: int, n_bytes: int) -> str:
    return f"Erased: {count(photos, 'photo')}, {size(n_bytes)} in all."


RUN_STATES: dict[State, str] = {
    "queued": "waiting",
    "running": "running",
    "done": "finished",
    "failed": "failed",
    "stopped": "stopped",
    "interrupted": "interrupted",
}


def collection(licence: str, download_bytes: int) -> str:
    """Say whose a published collection is, and what fetching it costs."""
    return f"{licence} The first time, about {size(download_bytes)} are downloaded."


def fetching(done: int, total: int) -> str:
    """Say how much of a collection has arrived."""
    return f"Fetching the photos: {size(done)} of about {size(total)}"
