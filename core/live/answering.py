"""Trained networks, opened once each, that say at once who is on a face, and which parts of it the answer rests on.

Opens models with TensorFlow, so only the live process imports this.
"""

from __future__ import annotations

import logging
import threading
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from core.data.cropping import resize_square
from core.errors import LabError, from_system
from core.live.messages import PATCHES
from core.workspace import Workspace

if TYPE_CHECKING:
    from core.live.likeness import Likeness
    from core.live.messages import Network

# VGG-Face takes 60 MB; two are shown side by side, and other sessions look at others.
MOST_OPEN = 4
# Nearer to 0 and 1 than this, float32 tells no probabilities apart.
SMALLEST = 1e-6

log = logging.getLogger(__name__)
Predict = Callable[[np.ndarray], np.ndarray]


@dataclass
class _Opened:
    """A network that is being opened, is open, or does not open (`refused`)."""

    size_px: int = 0
    predict: Predict | None = None
    likeness: Likeness | None = None
    refused: LabError | None = None


class Networks:
    """The networks of a live process; those asked longest ago are closed."""

    def __init__(self) -> None:
        self._known: OrderedDict[tuple[str, int], _Opened] = OrderedDict()

    def probabilities(self, network: Network, faces_rgb: list[np.ndarray]) -> np.ndarray | None:
        """Ask a network who is on some faces.

        Args:
            faces_rgb: uint8, each of shape (side, side, 3), RGB. Without any the network is opened all the same, for
                somebody will come.

        Returns:
            float32, shape (n, people), rows add up to 1, (0, 0) without faces; None while the network is being opened.

        Raises:
            LabError: it does not open.
        """
        opened = self._opened(network)
        if opened.refused:
            raise opened.refused
        if opened.predict is None:
            return None
        if not faces_rgb:
            return np.zeros((0, 0), np.float32)
        sized = np.stack([resize_square(face, opened.size_px) for face in faces_rgb])
        return opened.predict(sized.astype(np.float32))

    def likeness(self, network: Network, faces_rgb: list[np.ndarray]) -> np.ndarray | None:
        """Return how much each face is like each person's practice faces; see `likeness.of_run`."""
        opened = self._opened(network)
        return opened.likeness(faces_rgb) if opened.likeness and faces_rgb else None

    def _opened(self, network: Network) -> _Opened:
        """Return a network, at once; it is opened in a thread, for that takes seconds."""
        path = Path(network.model_path)
        try:
            changed = path.stat().st_mtime_ns
        except OSError:
            return _Opened(refused=LabError("This experiment was deleted; choose another one."))
        key = network.model_path, changed
        if key not in self._known:
            self._known[key] = _Opened()
            threading.Thread(target=_open, args=(path, self._known[key]), daemon=True).start()
        self._known.move_to_end(key)
        while len(self._known) > MOST_OPEN:
            self._known.popitem(last=False)
        return self._known[key]


def _open(path: Path, opened: _Opened) -> None:
    try:
        import tensorflow as tf

        from core.live import likeness
        from core.models import saved

        model = saved.open_model(path)
        size_px = int(model.input_shape[1])
        # Traced once for any number of faces: each call of the plain model costs more than the mini's own work.
        traced = tf.function(
            lambda faces: model(faces, training=False),
            input_signature=[tf.TensorSpec((None, size_px, size_px, 3), tf.float32)],
        )
        traced(np.zeros((1, size_px, size_px, 3), np.float32))
        opened.likeness = likeness.of_run(path.parent, Workspace.personal())
        opened.size_px, opened.predict = size_px, lambda faces: np.asarray(traced(faces))
    except LabError as error:
        opened.refused = error
    except Exception as error:
        log.exception('"%s" does not open', path)
        opened.refused = from_system(error) or LabError(f"This network does not open ({error}); choose another one.")


def loss_by_patch(
    probabilities: Callable[[list[np.ndarray]], np.ndarray | None], face_rgb: np.ndarray, label: int
) -> tuple[np.ndarray, float, float] | None:
    """Cover a face patch by patch, and measure how much less likely an answer becomes (Zeiler and Fergus 2014).

    In logits, for a network that is sure hardly says less with any part covered, and yet some parts count for more.

    Args:
        probabilities: gives rows for faces.
        face_rgb: uint8, shape (side, side, 3), RGB.
        label: the answer.

    Returns:
        The loss, float32, shape (PATCHES, PATCHES), in logits, and the answer's probability with nothing covered and
        with the patch that counts most; None where there are no probabilities yet.
    """
    edges = np.linspace(0, face_rgb.shape[0], PATCHES + 1).round().astype(int)
    grey = face_rgb.mean(axis=(0, 1)).round().astype(np.uint8)
    variants = [face_rgb]
    for row in range(PATCHES):
        for column in range(PATCHES):
            covered = face_rgb.copy()
            covered[edges[row] : edges[row + 1], edges[column] : edges[column + 1]] = grey
            variants.append(covered)
    found = probabilities(variants)
    if found is None:
        return None
    said = np.clip(found[:, label].astype(np.float64), SMALLEST, 1 - SMALLEST)
    logits = np.log(said / (1 - said))
    loss: np.ndarray = (logits[0] - logits[1:]).reshape(PATCHES, PATCHES)
    return loss.astype(np.float32), float(said[0]), float(said[1:].min())
