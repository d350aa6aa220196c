"""The errors a user can meet. Every message is one sentence: what is wrong, what was received, what to do next."""

from __future__ import annotations

import errno


class LabError(Exception):
    """Something the user can mend. The page or the command line shows the message once, without a traceback."""


class ConfigError(LabError):
    """A setting outside what it may be."""


class PhotoError(LabError):
    """One photo cannot be used. Never stops the others: it is listed with its name and this reason."""


class DatasetError(LabError):
    """The photos as a whole cannot be used: one person only, an empty zip, no face found."""


class WeightsError(LabError):
    """Weights that are missing, broken, or not those of the network they were meant for."""


class RunError(LabError):
    """A run folder that cannot be opened, continued or tested."""


class DamagedFileError(LabError):
    """One of the lab's own files that is damaged, or that a newer version of the lab wrote."""


class Stopped(Exception):  # noqa: N818 - not an error
    """The user asked a job to stop. Not an error: the job keeps what it has and ends as `stopped`."""


class RefusedError(LabError):
    """The computer refused: no room on the disk, no permission, no memory."""


# Windows knows no quota.
_FULL = {errno.ENOSPC, getattr(errno, "EDQUOT", errno.ENOSPC)}
_FORBIDDEN = {errno.EACCES, errno.EPERM, errno.EROFS}
# What Windows says where memory and page file are full.
_WINDOWS_MEMORY = {8, 14, 1455}
_OPENCV_MEMORY = -4
WHAT_TAKES_LESS_MEMORY = "choose smaller faces or more frozen blocks, or close other programs, and start it again."


def is_full(error: OSError) -> bool:
    """Return whether a disk has no room left, or this user's share of it."""
    return error.errno in _FULL


def from_system(error: BaseException) -> RefusedError | None:
    """Return the sentence for what a computer refuses to anybody; None for anything else, which is a bug.

    Args:
        error: what was raised: by the system, by numpy, or by OpenCV or TensorFlow (whose classes are known by their
            names only, since the server does not import them).
    """
    if _is_want_of_memory(error):
        return RefusedError(f"This computer has too little memory for it; {WHAT_TAKES_LESS_MEMORY}")
    code = getattr(error, "errno", None) if isinstance(error, OSError) else None
    named = getattr(error, "filename", None)
    if isinstance(error, OSError) and is_full(error):
        where = f' that holds "{named}"' if named else ""
        return RefusedError(
            f"The disk{where} is full; delete what you no longer need, then do it again. What was saved before is safe."
        )
    if code in _FORBIDDEN:
        what = f'"{named}"' if named else "A file or folder"
        return RefusedError(
            f"{what} may not be opened or changed ({error.strerror or 'no permission'}); "  # type: ignore[attr-defined]
            "allow it, or choose another folder with LAB_HOME, then do it again."
        )
    return None


def _is_want_of_memory(error: BaseException) -> bool:
    if isinstance(error, OSError):
        return error.errno == errno.ENOMEM or getattr(error, "winerror", None) in _WINDOWS_MEMORY
    if type(error).__name__ == "ResourceExhaustedError" or "OOM when allocating tensor" in str(error):
        return True
    is_opencvs = type(error).__module__ == "cv2" and getattr(error, "code", None) == _OPENCV_MEMORY
    return is_opencvs or isinstance(error, MemoryError)
