"""What stands in a job's request, result and log, by the kind of job; of a kind that is not named here any key will do.

Pages, workers and deletion read these files, of whatever version of the lab, through `core.jobfolder`, which checks
them against this.
"""

from __future__ import annotations

from typing import Any, Literal, NotRequired, TypedDict

from core.errors import DamagedFileError
from core.schema import Content, Count, Finite, Moment, Positive, Schema, convert

REQUEST: Schema[Content] = Schema(dict)
RESULT: Schema[Content] = Schema(dict)


class Request(TypedDict):
    """What the request of every job says, and that of many."""

    kind: str
    lane: Literal["train", "helper"]
    created_at: Moment
    name: NotRequired[str | None]
    dataset_id: NotRequired[str]
    sweep: NotRequired[str]
    came_from: NotRequired[str]
    model: NotRequired[str]
    source: NotRequired[str]
    draft: NotRequired[str]
    without: NotRequired[list[str]]
    people_from: NotRequired[str]
    train_only: NotRequired[bool]
    count_leaks: NotRequired[list[Literal["validation", "test"]]]
    crop: NotRequired[Content]
    split: NotRequired[Content]
    brought_back: NotRequired[bool]


class _OfPhotos(TypedDict):
    dataset_id: str
    version: int


class _Training(TypedDict):
    name: str
    config: Content
    dataset_id: str
    dataset_version: int


class _Sweep(TypedDict):
    name: str
    plan: Content
    guesses: dict[Count, Count]
    dataset_id: str
    dataset_version: int


class _Crop(TypedDict):
    source: str


class _Add(TypedDict):
    dataset_id: str
    source: str


class _Recrop(TypedDict):
    dataset_id: str
    crop: Content


class _Fetch(TypedDict):
    collection: str
    people: int
    photos: int


class _Explain(_OfPhotos):
    backbone: str
    image_size_px: int


class _Predict(TypedDict):
    model: str
    photos: str


class _Weights(TypedDict):
    backbone: str


class _ImportWeights(_Weights):
    file: str


_REQUESTS: dict[str, type] = {
    "train": _Training,
    "sweep": _Sweep,
    "crop": _Crop,
    "add": _Add,
    "recrop": _Recrop,
    "fetch": _Fetch,
    "compare": _OfPhotos,
    "explain": _Explain,
    "predict": _Predict,
    "download": _Weights,
    "import_weights": _ImportWeights,
}


class _HeadOnly(TypedDict):
    epoch: Count
    val_accuracy: Finite
    test_correct: Count


class _Trained(TypedDict):
    test_correct: Count
    test_total: Count
    test_accuracy: NotRequired[Finite | None]
    val_accuracy: NotRequired[Finite | None]
    epochs_run: NotRequired[Count | None]
    kept_epoch: NotRequired[Count | None]
    seconds: NotRequired[Finite | None]
    computing_seconds: NotRequired[Finite | None]
    others_share: NotRequired[Finite | None]
    features_computed: NotRequired[Finite | None]
    trainable_parameters: NotRequired[Count | None]
    frozen_parameters: NotRequired[Count | None]
    majority_correct: NotRequired[Count]
    split_counts: NotRequired[dict[str, Count]]
    classes: NotRequired[list[str]]
    retrained: NotRequired[bool | None]
    head_only: NotRequired[_HeadOnly | None]
    unit_movement: NotRequired[dict[str, Finite | None] | None]


class _FoundPhotos(TypedDict):
    dataset_id: str
    version: int


class _LeftOut(TypedDict):
    name: str
    reason: str


class _Box(TypedDict):
    box: tuple[Finite, Finite, Finite, Finite]


class _PredictedFace(TypedDict):
    name: str
    true: str | None
    face: _Box | None
    photo: NotRequired[Count]
    size_px: NotRequired[tuple[Positive, Positive]]
    probabilities: dict[str, Finite]


class _Predicted(TypedDict):
    people: list[str]
    predictions: list[_PredictedFace]
    left_out: list[_LeftOut]


_RESULTS: dict[str, type] = {
    "train": _Trained,
    "predict": _Predicted,
    **dict.fromkeys(("crop", "add", "recrop", "fetch", "compare", "explain"), _FoundPhotos),
}


class _Event(TypedDict):
    event: str
    at: Moment


class _Progress(_Event):
    step: NotRequired[str]
    done: Count
    total: Count


class _Started(_Event):
    epochs: NotRequired[Count]


class _Phase(_Event):
    phase: Literal["weights", "prefix", "train", "test"]


class _Batch(_Event):
    epoch: Count
    batch: Count
    batches: Count


class _Epoch(_Event):
    epoch: Count
    loss: float
    accuracy: float
    val_loss: float
    val_accuracy: float
    seconds: float
    learning_rate: float
    val_probabilities: list[list[float]]


class _Sample(_Event):
    photos: Count


class _Unkept(_Event):
    message: str


class _Border(_Event):
    epoch: Count
    val_accuracy: float
    test_correct: Count


_EVENTS: dict[str, type] = {
    "progress": _Progress,
    "started": _Started,
    "phase": _Phase,
    "prefix": _Progress,
    "batch": _Batch,
    "epoch": _Epoch,
    "border": _Border,
    "sample": _Sample,
    "unkept": _Unkept,
}


def check_request(content: Content, *, whole: bool = True) -> Content:
    """Return a request if it says what every job says and, if it is to be `whole`, all that its kind of job needs.

    Raises:
        DamagedFileError: it does not.
    """
    named = "request.json"
    kind = convert(content, Request, named)["kind"]
    convert(content, _REQUESTS.get(kind, dict) if whole else dict, named)
    return content


def check_result(content: Content, kind: str) -> Content:
    """Return the result of this kind of job if it says all that pages read in it.

    Raises:
        DamagedFileError: it does not.
    """
    named = "result.json"
    convert(content, _RESULTS.get(kind, dict), named)
    if kind == "train" and content["test_correct"] > content["test_total"]:
        raise DamagedFileError(f'"{named}" is damaged (more right answers than photos); delete it.')
    for row in content["predictions"] if kind == "predict" else ():
        said, placed = row["probabilities"].keys(), {"photo", "size_px"} <= row.keys()
        if not set(content["people"]) <= said or not (placed or row["face"] is None):
            raise DamagedFileError(f'"{named}" is damaged (an answer in it is not whole); delete it.')
    return content


def is_event(entry: Content) -> bool:
    """Return whether an entry of a log is an event as this version of the lab reads it; others are passed over."""
    try:
        event: Any = convert(entry, _EVENTS.get(convert(entry, _Event, "")["event"], _Event), "")
    except DamagedFileError:
        return False
    return len({len(row) for row in event.get("val_probabilities", ())}) <= 1
