"""Every session key of the lab, in one place and typed.

A refresh ends a session, so nothing is kept here that is on disk, such as running jobs. Pages and tests find widgets
by their `Widget` keys.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Generic, TypeVar, cast

import streamlit as st

T = TypeVar("T")


@dataclass(frozen=True)
class Key(Generic[T]):
    """One value of the session; `default` where nothing was set yet."""

    name: str
    default: T

    def get(self) -> T:
        return cast("T", st.session_state.get(self.name, self.default))

    def set(self, value: T) -> None:
        st.session_state[self.name] = value


def count_up(counter: Key[int]) -> None:
    """Count, so that a widget whose key holds the count is a new, empty one: an upload lives in memory until then."""
    counter.set(counter.get() + 1)


# This run of the script came in through app.py.
ENTERED = Key("entered", default=False)
# The page was drawn since this session was last forgotten (`ui.sessions`).
DRAWN = Key("drawn", default=False)
# Photos: the user asked for the form though there are photos already.
BRINGING_PHOTOS = Key("bringing_photos", default=False)
# Photos: the step asked for ("bring", "check", "split"); None leaves it to what the photos need.
STEP: Key[str | None] = Key("photos_step", default=None)
# Photos, checking: what is shown ("faces", "look", "change").
CHECKING = Key("checking", default="faces")
# Photos: data sets that the user accepted as they are.
CHECKED: Key[frozenset[str]] = Key("looked", default=frozenset())
# Photos: pairs of alike names that mean two people.
TWO_PEOPLE: Key[frozenset[tuple[str, str]]] = Key("two_people", default=frozenset())
# Photos: why the last edit could not be made; said once.
EDIT_ERROR = Key("trouble", default="")
# Photos: the job of this session that compares faces.
SIMILARITY_JOB: Key[str | None] = Key("compare_job", default=None)
# Photos: how many person cards are shown.
PERSON_CARDS = Key("person_cards", default=2)
# Photos: counts the uploads (`count_up`).
UPLOADS = Key("uploads", default=0)
# Photos: the search this session started or watched; its end is said once.
CROP_JOB: Key[str | None] = Key("crop_job", default=None)
# Photos: the search that goes on is for the drawn people, and Train comes next.
TRAIN_NEXT = Key("train_next", default=False)
# Photos: the pictures of a webcam as they come (`ui.photos.capture.Sitting`).
SITTING: Key[Any] = Key("sitting", default=None)
# Photos, Train, Test: with which settings the pictures of the webcam train by themselves ("" where nothing does), then
# the run that does, which opens the live picture when it has ended.
TRAIN_AT_ONCE = Key("train_at_once", default="")
LIVE_AFTER = Key("live_after", default="")
# Test: what was seen live of a run, and the tricks that were tried on it (`ui.test.live.Seen`).
LIVE: Key[Any] = Key("live", default=None)
# Photos: uploads whose names or table do not say who is who, according to the user.
OTHER_PEOPLE: Key[frozenset[str]] = Key("other_people", default=frozenset())
# Photos: the path on this computer that the question is about.
ASKED_PATH = Key("asked_path", default="")
# The data set chosen last, on Photos or on Train.
DATASET: Key[str | None] = Key("dataset", default=None)
# Train: the user asked for the settings though a run is there to look at.
CHOOSING_SETTINGS = Key("choosing_settings", default=False)
# Train: the run that the idea for the settings came from; empty where they were chosen by hand.
CAME_FROM = Key("came_from", default="")
# Train: settings of that run that the page has no widget for, by name, so that they do not change.
CARRIED: Key[dict[str, object]] = Key("carried", default={})
# Train: which epoch of which run is shown (`ui.train.replay.Playback`), where a training is too fast to be watched.
PLAYBACK: Key[Any] = Key("playback", default=None)
# Test: the prediction job of this session.
PREDICT_JOB: Key[str | None] = Key("predict_job", default=None)
# Test: counts the uploads (`count_up`).
TEST_UPLOADS = Key("test_uploads", default=0)
# Test: the look at strangers of this session, and how many of them are shown.
STRANGERS_JOB: Key[str | None] = Key("strangers_job", default=None)
STRANGERS_SHOWN = Key("strangers_shown", default=0)
# Test: counts how often the new photos were opened from elsewhere, so that the tabs are new ones, open there.
STRANGER_VIEWS = Key("stranger_views", default=0)
# Test: an idea opened a view further down; the page goes there once.
SCROLL_TO_VIEWS = Key("scroll_to_views", default=False)
# Compare: the user asked for a new sweep though there is one to look at.
CHOOSING_COMPARISON = Key("choosing_comparison", default=False)
# Compare: another sweep was opened from further down; the page goes to its top once.
SCROLL_TO_TOP = Key("scroll_to_top", default=False)
# My experiments: counts the uploads (`count_up`).
BACK_UPLOADS = Key("back_uploads", default=0)
# Counts removals, so that the question "really?" is closed again after each.
REMOVALS = Key("removals", default=0)
# What was erased last; said once on the page that is empty then.
ERASED = Key("gone", default="")
# Train: the job of this session that brings a network's weights, by download or from a file.
DOWNLOAD_JOB: Key[str | None] = Key("download_job", default=None)
# Train: the jobs of this session that draw what a network responds to, by data set, network and size of the face.
ACTIVATION_JOBS: Key[dict[tuple[str, int, str, int], str]] = Key("explained", default={})
# Train: counts the files brought (`count_up`).
NETWORK_UPLOADS = Key("network_uploads", default=0)

# Train: the photos that the settings were chosen for.
SETTINGS_OF: Key[str | None] = Key("settings_of", default=None)


class Param(StrEnum):
    """Query parameters: what a refresh or a shared address must bring back."""

    RUN = "run"
    SWEEP = "sweep"
    LIVE = "live"


class Widget(StrEnum):
    """Keys of widgets."""

    # Start
    GO_ON = "go_on"
    OWN_PHOTOS = "own_photos"
    WEBCAM = "webcam"
    TRY_IT = "try_it"
    # Photos
    STEP = "photos_step_bar"
    INTO = "photos_into"
    SOURCE = "photos_source"
    DROP = "photos_drop"
    CARD = "photos_card"
    CARD_NAME = "photos_card_name"
    CARD_REMOVE = "photos_card_remove"
    ANOTHER_PERSON = "another_person"
    DROP_DRAFT = "drop_draft"
    ZIP = "photos_zip"
    FOLDER = "photos_folder"
    COLLECTION = "photos_collection"
    COLLECTION_PEOPLE = "photos_collection_people"
    COLLECTION_PHOTOS = "photos_collection_photos"
    CAPTURE = "capture"
    CAPTURE_MORE = "capture_more"
    CAPTURE_LESS = "capture_less"
    CAPTURE_EACH = "capture_each"
    CAPTURE_WITH = "capture_with"
    CAPTURE_START = "capture_start"
    SHOT_OF = "shot_of"
    SHOT = "shot"
    DETECTOR = "photos_detector"
    MARGIN = "photos_margin"
    FIND_FACES = "find_faces"
    OTHER_PEOPLE = "other_people_button"
    LEAVE_PEOPLE_OUT = "leave_people_out"
    STOP_CROP = "stop_crop"
    GO_ON_SEARCHING = "go_on_searching"
    LEAVE_SEARCH = "leave_search"
    PHOTOS_OF = "photos_of"
    BRING_OTHERS = "bring_others"
    CONTINUE = "continue_photos"
    LOOK_AT_THEM = "look_at_them"
    CHANGE_PEOPLE = "change_people"
    ALL_FACES = "all_faces"
    GROUPS_PAGE = "groups_page"
    FIND_AGAIN = "find_again"
    MERGE_NAMES = "merge_names"
    TWO_PEOPLE = "two_people_button"
    ALL_OF_KIND = "all_of_kind"
    REVIEW_PAGE = "review_page"
    KEEP = "keep"
    USE_WHOLE = "use_whole"
    USE_AGAIN = "use_again"
    LEAVE_OUT = "leave_out"
    IT_IS = "it_is"
    TAKE_GUESSES = "take_guesses"
    SEE_LEAKS = "see_leaks"
    LET_COUNT = "let_count"
    THIS_FACE = "this_face"
    COMPARE_FACES = "compare_faces"
    CALLED = "called"
    WHOM = "whom"
    NEW_NAME = "new_name"
    SAME_AS = "same_as"
    REMOVE_PERSON = "remove_person"
    REMOVE_PERSON_SURE = "remove_person_sure"
    REMOVE_PERSON_ALL = "remove_person_all"
    CHANGE_PAGE = "change_page"
    TICK = "tick"
    REMOVE_PHOTOS = "remove_photos"
    REMOVE_PHOTOS_ALL = "remove_photos_all"
    MOVE_TO = "move_to"
    FACES_PAGE = "faces_page"
    FRACTIONS = "fractions"
    SPLIT_AGAIN = "split_again"
    UNGROUP = "ungroup"
    SIMILAR = "similar"
    TRAIN_WITH_THESE = "train_with_these"
    PEOPLE_PAGE = "people_page"
    DELETE_DATASET = "delete_dataset"
    DELETE_DATASET_SURE = "delete_dataset_sure"
    ERASE = "erase"
    ERASE_SURE = "erase_sure"
    KEPT_SHARE = "kept_share"
    # Train
    TRAIN_ON = "train_on"
    PRESET = "preset"
    BACKBONE = "backbone"
    STARTS_WITH = "starts_with"
    FREEZE = "freeze"
    SINGLE_LAYERS = "single_layers"
    IMAGE_SIZE = "image_size"
    EPOCHS = "epochs"
    PHOTOS_A_PERSON = "photos_a_person"
    BATCH = "batch"
    LEARNING_RATE = "learning_rate"
    SEED = "seed"
    COPIES = "copies"
    OPTIMIZER = "optimizer"
    MOMENTUM = "momentum"
    HEAD_EPOCHS = "head_epochs"
    PRECISION = "precision"
    POOLING = "pooling"
    HIDDEN = "hidden_layers"
    DROPOUT = "dropout"
    ROTATION = "rotation"
    SHIFT = "shift"
    ZOOM = "zoom"
    FLIP = "flip"
    STOP_EARLY = "early_stopping"
    SLOW_DOWN = "reduce_rate"
    KEEP_BEST = "keep_best"
    CLASS_WEIGHTS = "class_weights"
    MORE_NETWORKS = "more_networks"
    DOWNLOAD_MORE = "download_more"
    NETWORK_FILE = "network_file"
    USE_UNTRAINED = "use_untaught"
    TAKE_OUT = "take_out"
    TO_RUNNING = "to_running"
    START = "start_training"
    DOWNLOAD = "download_weights"
    START_UNTRAINED = "start_untrained"
    STOP = "stop_training"
    GO_ON_TRAINING = "go_on_training"
    ANOTHER = "another_experiment"
    TO_TEST = "to_exam"
    SKIP = "skip_to_end"
    PLAY_AGAIN = "play_again"
    EPOCH_SHOWN = "round_shown"
    # Test
    RUN = "run_picker"
    MATRIX = "matrix"
    MATRIX_FRAME = "matrix_frame"
    VIEW = "exam_view"
    PREDICTIONS_PAGE = "predictions_page"
    NEW_PHOTOS = "new_photos"
    TAKE_MODEL = "take_model"
    SHOW = "photos_show"
    ORDER = "photos_order"
    ONE_PERSON = "photos_one_person"
    TAKE_TABLE = "take_table"
    STRANGER = "show_stranger"
    NEXT_IDEA = "next_idea"
    HELD_AGAINST = "held_against"
    SURE_FROM = "sure_from"
    TRY_LIVE = "try_live"
    TO_RESULT = "to_result"
    LIVE = "live_picture"
    LIVE_BESIDE = "live_beside"
    ADD_FOOLED = "add_fooled"
    FORGET_FOOLED = "forget_fooled"
    # Compare
    COMPARE_ON = "compare_on"
    COMPARE_NETWORK = "compare_network"
    COMPARE_SECOND = "compare_second"
    COMPARE_WHAT = "compare_what"
    COMPARE_LAYERS = "compare_layers"
    COMPARE_STOPS = "compare_stops"
    COMPARE_FROZEN = "compare_frozen"
    COMPARE_SEEDS = "compare_tries"
    COMPARE_EPOCHS = "compare_rounds"
    COMPARE_PHOTOS = "compare_photos"
    COMPARE_SIZE = "compare_size"
    VOTES = "votes"
    STOPS = "stops"
    START_COMPARISON = "start_comparison"
    STOP_COMPARISON = "stop_comparison"
    GO_ON_COMPARING = "go_on_comparing"
    NEW_COMPARISON = "new_comparison"
    COMPARISON = "comparison"
    USE_POINT = "use_stop"
    POINT_TEST = "stop_exam"
    TRY_RATES = "try_rates"
    FLIP_BOARD = "flip_board"
    FLIP_BEFORE = "flip_before"
    FLIP_NOW = "flip_now"
    BESIDE = "side_by_side"
    SEE_RATES = "see_rates"
    TO_COMPARISON = "to_comparison"
    # My experiments
    LIBRARY = "library"
    OPEN_COMPARISON = "open_comparison"
    DELETE_COMPARISON = "delete_comparison"
    DELETE_COMPARISON_SURE = "delete_comparison_sure"
    OPEN_TEST = "open_exam"
    OPEN_CURVES = "open_curves"
    RENAME = "rename"
    RENAME_AS = "rename_as"
    RENAME_SAVE = "rename_save"
    DELETE_RUN = "delete_run"
    DELETE_RUN_SURE = "delete_run_sure"
    DELETE_DAMAGED = "delete_damaged"
    DELETE_DAMAGED_SURE = "delete_damaged_sure"
    BRING_BACK = "bring_back"
    # Everywhere
    MISSING = "what_is_missing"

    def of(self, *parts: object) -> str:
        """Return a key that changes with what decides the widget's default, so that another default is really shown."""
        return "-".join([self, *map(str, parts)])
