"""The live process: answers one question after the other over a connection, until its server is gone.

Started by `core.live.link`: `python -m core live`. It reads the key of the connection from its input, never from its
command line, which others can see, and prints the port it listens on. Pictures are never written to disk.
"""

from __future__ import annotations

import os
import secrets
import sys
import threading
from multiprocessing.connection import Connection, Listener
from typing import TYPE_CHECKING

import msgspec
import numpy as np

from core.data.yunet import use_one_core
from core.errors import LabError, PhotoError
from core.live import looking, messages
from core.live.answering import Networks, loss_by_patch
from core.live.messages import Because, Look, Refused, Seen

if TYPE_CHECKING:
    from core.config import CropConfig
    from core.data.detection import Face
    from core.live.looking import Picture
    from core.live.messages import Answer, Question, Why

# Nobody has looked for so long: the memory is worth more. A new process is ready in a few seconds.
IDLE_S = 300.0
LOCALHOST = "127.0.0.1"


def main() -> None:
    """Serve the one server that knows the key."""
    # A second thread for pictures this small gains nothing, and waits for the cores that a training has.
    use_one_core()
    key = bytes.fromhex(sys.stdin.readline().strip())
    # What libraries print must not be read as a port.
    said, sys.stdout = sys.stdout, sys.stderr
    threading.Thread(target=_end_with_server, daemon=True).start()
    with Listener((LOCALHOST, 0), authkey=key or secrets.token_bytes()) as listener:
        print(listener.address[1], file=said, flush=True)
        with listener.accept() as connection:
            serve(connection)


def _end_with_server() -> None:
    """End as soon as the server is gone, whatever is being done: nobody waits for the answer."""
    sys.stdin.read()
    os._exit(0)


def serve(connection: Connection, networks: Networks | None = None) -> None:
    """Answer questions until the other end is closed, or nothing was asked for `IDLE_S`."""
    networks = networks or Networks()
    try:
        while connection.poll(IDLE_S):
            connection.send_bytes(messages.encode(answer(messages.question(connection.recv_bytes()), networks)))
    except (EOFError, OSError):
        return


def answer(question: Question, networks: Networks) -> Answer:
    """Answer a question; what is wrong with it is told in a sentence."""
    try:
        return _seen(question, networks) if isinstance(question, Look) else _because(question, networks)
    except PhotoError as error:
        return Refused(f"The picture {error}; close other programs that use the camera, and open this page again.")
    except LabError as error:
        return Refused(str(error))


def _seen(question: Look, networks: Networks) -> Seen:
    picture = looking.look(question.jpeg, question.networks[0].crop.detector if question.networks else "yunet")
    crops: dict[CropConfig, list[np.ndarray]] = {}
    for config in {network.crop for network in question.networks}:
        crops[config] = [looking.crop(picture, face, config) for face in picture.faces]
    says, likeness = [], []
    for network in question.networks:
        says.append(_rows(networks.probabilities(network, crops[network.crop])))
        likeness.append(_rows(networks.likeness(network, crops[network.crop])))
    return Seen(
        tuple(
            msgspec.structs.replace(
                looking.describe(picture, face), says=_of(place, says), likeness=_of(place, likeness)
            )
            for place, face in enumerate(picture.faces)
        )
    )


Rows = list[tuple[float, ...]]


def _rows(found: np.ndarray | None) -> Rows | None:
    return None if found is None else [tuple(map(float, row)) for row in found]


def _of(place: int, each: list[Rows | None]) -> tuple[tuple[float, ...] | None, ...]:
    """Return what each network said of one face."""
    return tuple(rows[place] if rows else None for rows in each)


def _because(question: Why, networks: Networks) -> Because:
    picture = looking.look(question.jpeg, question.network.crop.detector)
    if not picture.faces:
        return Because()
    face = picture.faces[0]
    crop_rgb = looking.crop(picture, face, question.network.crop)
    found = loss_by_patch(lambda faces: networks.probabilities(question.network, faces), crop_rgb, question.label)
    if found is None:
        return Because()
    loss, whole, covered = found
    rows = tuple(tuple(map(float, row)) for row in loss)
    return Because(rows, whole, covered, _cropped(picture, face, question.network.crop.margin))


def _cropped(picture: Picture, face: Face, margin: float) -> tuple[float, float, float, float]:
    """Return the square that was cropped round a face, as fractions of the picture; its turn is left aside."""
    height, width = picture.rgb.shape[:2]
    side = max(face.width, face.height) * (1 + 2 * margin)
    left, top = face.x + face.width / 2 - side / 2, face.y + face.height / 2 - side / 2
    return left / width, top / height, side / width, side / height
