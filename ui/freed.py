"""What the server has freed: handed back to the system, and overwritten where names may stand in it.

Memory that a program frees keeps its content until it is used again, which is too late where everything is erased.
"""

from __future__ import annotations

import contextlib
import ctypes
import gc
import sys

import psutil
import pyarrow as pa
from streamlit import runtime

# When open pages have drawn themselves anew, and when they have on a computer that is busy, or very busy.
OVERWRITE_AFTER_S = 5.0, 20.0, 60.0
# glibc's own numbers. It raises the first once a large piece is freed, and from then on gives nothing back.
_M_MMAP_THRESHOLD, _MMAP_FROM_BYTES = -3, 128 * 1024
# What is freed is filled with this byte.
_M_PERTURB, _FILL = -6, 0xFF
# A few freed pieces of each size up to this stay with the thread that freed them, and are not filled.
_KEPT_BY_THREAD, _KEPT_EACH = (24, 1040), 16
# Python keeps pieces of up to 512 bytes in arenas, in pages of one size each, in steps of 16. A page may have held
# another size before, and its end still does. `bytes` takes 33 beside what it holds.
_STEP, _LARGEST, _BYTES_TAKES = 16, 512, 33
# Python asks the system for one arena of this size at a time. Other growth is for others: a thread's stack, a library.
_ARENA_BYTES = 1 << 20
_BATCH_BYTES = 1 << 16
# Where a system gives out memory otherwise, nobody knows when all is used.
_MOST_BYTES = 1 << 30


def keep_little() -> None:
    """Let the C library give large pieces back to the system, and overwrite the others, as soon as they are freed."""
    _c_library("mallopt", _M_MMAP_THRESHOLD, _MMAP_FROM_BYTES)
    _c_library("mallopt", _M_PERTURB, _FILL)
    # Tables that pages show; its usual pool is neither.
    pa.set_memory_pool(pa.system_memory_pool())


def give_back() -> None:
    """Collect what nobody holds any more, and hand freed memory back where the C library can (glibc)."""
    gc.collect()
    _c_library("malloc_trim", 0)


def overwrite_soon() -> None:
    """Overwrite what is freed when open pages have drawn themselves anew, without what they showed.

    In the thread in which the server hears and answers: what that one has freed last, no other can use again.
    """
    if runtime.exists():
        loop = runtime.get_instance()._get_async_objs().eventloop
        for after_s in OVERWRITE_AFTER_S:
            loop.call_soon_threadsafe(loop.call_later, after_s, overwrite)


def overwrite() -> None:
    """Overwrite what this thread has freed, and what Python keeps for itself, by using it once: 0.2 s for 100 MB."""
    gc.collect()
    _use_all_of_python()
    _use_all_of_thread()
    give_back()


def _use_all_of_python() -> None:
    process, left = psutil.Process(), _MOST_BYTES // _BATCH_BYTES
    used: list[list[object]] = []
    for size in range(_STEP, _LARGEST + 1, _STEP):
        new_arenas = 0
        # Only where nothing of this size is free any more, new arenas are asked for; one may be another thread's.
        while new_arenas < 2 and left:
            before = process.memory_info().vms
            used.append(_pieces(size))
            new_arenas += process.memory_info().vms - before == _ARENA_BYTES
            left -= 1


def _pieces(size: int) -> list[object]:
    """Return as many new objects of a size as a batch has."""
    numbers = range(_BATCH_BYTES // size)
    if size == _STEP:
        return [object() for _ in numbers]
    if size == 2 * _STEP:
        return [complex(number) for number in numbers]
    return [bytes(size - _BYTES_TAKES) for _ in numbers]


def _use_all_of_thread() -> None:
    if sys.platform != "linux":
        return
    library = ctypes.CDLL(None)
    library.malloc.restype = ctypes.c_void_p
    for size in range(*_KEPT_BY_THREAD, _STEP):
        used = [ctypes.c_void_p(library.malloc(ctypes.c_size_t(size))) for _ in range(_KEPT_EACH)]
        for piece in used:
            ctypes.memset(piece, _FILL, size)
        for piece in used:
            library.free(piece)


def _c_library(function: str, *numbers: int) -> None:
    with contextlib.suppress(OSError, AttributeError):
        if sys.platform == "linux":
            getattr(ctypes.CDLL(None), function)(*numbers)
