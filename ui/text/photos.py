"""What the page Photos says."""

from __future__ import annotations

from core.config import Detector
from core.data.review import GOOD_FROM
from core.experiments.decision_map import Freeze
from ui.text.amounts import count, size, spelled_count

# With so many test photos of each person, no single one decides the result.
STEADY_FROM = 4
BRING = "Bring photos"
BRING_HOW = "Say who is who. Ten photos of each person are enough to start."
PHOTO_STEPS = ("1 Bring photos", "2 Check faces", "3 Split")
INTO, INTO_NEW = "Where do they go?", "New photos"
SOURCE_PEOPLE, SOURCE_DROP, SOURCE_ZIP = "Person by person", "A whole folder", "A zip file"
SOURCE_WEBCAM = "With the webcam"
SOURCE_FOLDER, SOURCE_INTERNET = "A path on this computer", "From the internet"
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
WHOM_TO_LEAVE_OUT = "Whom do you leave out?"
NO_SOURCE_FOLDER = "Type the path of a folder first."
FINDING = "Finding the faces"
READING = "Reading the photos"
READ_SO_FAR = "{done} photos"
CROP_STOPPED = "You stopped the search. What you brought is still here."
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
    "leak": "Belong with practice photos, so not counted: {photos}",
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


def too_many_people(people: int, most: int) -> str:
    """Say before the search that there are too many people, and what can be done."""
    return f"There are {people:,} people, at most {most:,} can be learned. Choose whom to leave out."


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
    belong, do = ("belongs", "it does") if photos == 1 else ("belong", "they do")
    return f"{count(photos, 'photo')} of the {exam} {belong} with practice photos, so {do} not count."


def leak_counts(photos: int, exam: str) -> str:
    """Say that photos of an exam count although they belong with practice photos: the same, alike, or of one minute."""
    belong, do = ("belongs", "it counts") if photos == 1 else ("belong", "they count")
    return f"{count(photos, 'photo')} of the {exam} {belong} with practice photos, and {do} all the same."


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


def kept_by(experiments: int, comparisons: int) -> str:
    """Say before a removal what keeps the photos."""
    return f"{_made(experiments, comparisons)} made with these photos will keep them."


def remove_too(experiments: int, comparisons: int) -> str:
    return f"Remove, and delete {_made(experiments, comparisons)}"


def _made(experiments: int, comparisons: int) -> str:
    many = [count(experiments, "experiment")] if experiments else []
    many += [count(comparisons, "comparison")] if comparisons else []
    return " and ".join(many)


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
    """Return what the decision map says, in one sentence each."""
    amount = "many" if large else "few"
    like = "similar" if similar else "different"
    return f"{count(practice, 'practice photo')}: {amount}, and {like}. **Advice: {FREEZE_ADVICE[freeze]}.**"


def not_in_yet(people: str, n: int) -> str:
    return f"**{people}** {'is' if n == 1 else 'are'} not in yet: too few photos. Look closer, or bring more."


def collection(licence: str, download_bytes: int) -> str:
    """Say whose a published collection is, and what fetching it costs."""
    return f"{licence} The first time, about {size(download_bytes)} are downloaded."


def fetching(done: int, total: int) -> str:
    """Say how much of a collection has arrived."""
    return f"Fetching the photos: {size(done)} of about {size(total)}"
