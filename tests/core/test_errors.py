from __future__ import annotations

import errno

import cv2
import numpy as np
import pytest

from core import errors
from core.errors import LabError, Stopped, from_system


@pytest.mark.parametrize("name", ["ConfigError", "PhotoError", "DatasetError", "WeightsError", "RunError"])
def test_what_the_user_can_mend_is_caught_in_one_place(name: str) -> None:
    with pytest.raises(LabError, match="a sentence"):
        raise getattr(errors, name)("a sentence")


def test_a_wish_to_stop_is_no_error_of_the_users() -> None:
    assert not issubclass(Stopped, LabError)


class ResourceExhaustedError(Exception):
    """Stands for TensorFlow's, which is known by its name."""


def _opencvs_own() -> cv2.error:
    """What OpenCV raises where it gets no memory."""
    error = cv2.error("OpenCV: (-4:Insufficient memory) Failed to allocate 8 bytes")
    error.code = -4
    return error


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (OSError(errno.ENOSPC, "No space left on device", "runs/a"), 'disk that holds "runs/a" is full; delete'),
        (OSError(getattr(errno, "EDQUOT", errno.ENOSPC), "Disk quota exceeded"), "The disk is full; delete"),
        (PermissionError(errno.EACCES, "Permission denied", "photos"), '"photos" may not be opened or changed'),
        (OSError(errno.EROFS, "Read-only file system", "lab"), r'"lab" .*Read-only.*LAB_HOME'),
        (MemoryError(), "too little memory.*smaller faces or more frozen blocks"),
        (ResourceExhaustedError(), "too little memory"),
        (ValueError("Exception in layer: OOM when allocating tensor with shape[64,224]"), "too little memory"),
        (OSError(errno.ENOMEM, "Cannot allocate memory"), "too little memory"),
        (_opencvs_own(), "too little memory"),
    ],
)
def test_what_the_computer_refuses_is_one_sentence(error: Exception, said: str) -> None:
    trouble = from_system(error)
    assert isinstance(trouble, LabError)
    with pytest.raises(LabError, match=said):
        raise trouble
    assert "\n" not in str(trouble)


def test_an_array_too_large_for_memory_is_no_bug() -> None:
    with pytest.raises(MemoryError) as caught:
        np.zeros((1 << 46,), np.float64)
    assert from_system(caught.value)


@pytest.mark.parametrize("error", [OSError(errno.EIO, "Input/output error"), ValueError("3"), OSError()])
def test_anything_else_stays_a_bug(error: Exception) -> None:
    assert from_system(error) is None
