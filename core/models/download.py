"""Download one file over HTTP, with progress, and resume a broken transfer.

pooch, the usual choice, starts a broken file from zero, and 100 MB over the Wi-Fi of a classroom do break. So this uses
requests with a `Range` header. The caller checks the content.
"""

from __future__ import annotations

import os
import time
from typing import TYPE_CHECKING

import requests

from core.errors import WeightsError

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

_CHUNK_BYTES = 1 << 18
_ATTEMPTS = 4  # without a byte of progress between them
_PAUSE_S = 0.5
_TIMEOUT_S = (10, 30)  # to connect, and between two pieces


class _BrokenError(Exception):
    """The transfer broke off; what has arrived is kept."""


def fetch(url: str, part: Path, on_progress: Callable[[int, int], None] | None, *, by_hand: str) -> None:
    """Download `url` to `part`, after what `part` holds already.

    Args:
        url: http or https.
        part: the file to write; holds the beginning where an earlier transfer broke.
        on_progress: called with (bytes done, bytes in all or 0); may raise, which keeps what has arrived.
        by_hand: what to do without a network; the end of every error message.

    Raises:
        WeightsError: the server cannot be reached, has no such file, or the transfer broke again and again.
    """
    attempts_left, arrived = _ATTEMPTS, _size(part)
    while True:
        try:
            _go_on(url, part, on_progress or (lambda done, total: None), by_hand)
            return
        except (_BrokenError, requests.ConnectionError, requests.Timeout) as error:
            if _size(part) > arrived:
                attempts_left, arrived = _ATTEMPTS, _size(part)
            attempts_left -= 1
            if attempts_left == 0 or (arrived == 0 and isinstance(error, requests.ConnectionError)):
                raise WeightsError(_unreachable(url, arrived, by_hand)) from error
            time.sleep(_PAUSE_S)
        except requests.RequestException as error:
            raise WeightsError(_unreachable(url, arrived, by_hand)) from error


def _unreachable(url: str, arrived: int, by_hand: str) -> str:
    name = url.rsplit("/", 1)[-1]
    kept = f" ({arrived / 1e6:.1f} MB are kept for the next try)" if arrived else ""
    return f'"{name}" cannot be downloaded from {url}{kept}; check the network, or {by_hand}.'


def _size(part: Path) -> int:
    return part.stat().st_size if part.exists() else 0


def _go_on(url: str, part: Path, on_progress: Callable[[int, int], None], by_hand: str) -> None:
    """One transfer, from where `part` ends to the end of the file."""
    begin = _size(part)
    # "identity": the bytes of a compressed answer could not be counted.
    headers = {"Accept-Encoding": "identity"} | ({"Range": f"bytes={begin}-"} if begin else {})
    with requests.get(url, headers=headers, stream=True, timeout=_TIMEOUT_S) as answer:
        if begin and answer.status_code == requests.codes.requested_range_not_satisfiable:
            # Complete, or longer than the file; a longer one is downloaded from the beginning.
            if _total(answer, 0) != begin:
                part.unlink()
                raise _BrokenError
            return
        if not answer.ok:
            raise WeightsError(f"{url} answers {answer.status_code} {answer.reason}; {by_hand}.")
        goes_on = answer.status_code == requests.codes.partial_content
        done = begin if goes_on else 0
        total = _total(answer, done)
        with part.open("ab" if goes_on else "wb") as file:
            done = _copy(answer, file.write, done, total, on_progress)
            file.flush()
            os.fsync(file.fileno())
    if total and done != total:
        raise _BrokenError


def _copy(
    answer: requests.Response,
    write: Callable[[bytes], object],
    done: int,
    total: int,
    on_progress: Callable[[int, int], None],
) -> int:
    on_progress(done, total)
    try:
        for piece in answer.iter_content(_CHUNK_BYTES):
            write(piece)
            done += len(piece)
            on_progress(done, total)
    except requests.exceptions.ChunkedEncodingError as error:
        raise _BrokenError from error
    return done


def _total(answer: requests.Response, begin: int) -> int:
    """Return the size in bytes of the whole file, of which `begin` are there; 0 where the server does not say."""
    whole = answer.headers.get("Content-Range", "").rpartition("/")[2]
    if whole.isdigit():
        return int(whole)
    rest = answer.headers.get("Content-Length", "")
    return begin + int(rest) if rest.isdigit() else 0
