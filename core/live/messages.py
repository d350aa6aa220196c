"""What the server asks of the live process, and what it hears back. Typed, so that neither end can be surprised."""

from __future__ import annotations

import msgspec

from core.config import CropConfig

# A picture of a webcam is 640 x 480 pixels, about 50 KB.
LARGEST_PICTURE_BYTES = 2_000_000
MOST_FACES = 6
# Side of the grid of patches that `Why` covers one after the other.
PATCHES = 7


class Network(msgspec.Struct, frozen=True):
    """A trained network: its saved file, and how the faces it was trained on were cropped."""

    model_path: str
    crop: CropConfig


class Look(msgspec.Struct, frozen=True, tag=True):
    """Ask for the faces in a picture, and who they are.

    Attributes:
        jpeg: the picture.
        networks: who is asked; empty where only the faces are wanted.
    """

    jpeg: bytes
    networks: tuple[Network, ...] = ()


class Why(msgspec.Struct, frozen=True, tag=True):
    """Ask which parts of the largest face in a picture an answer rests on.

    Attributes:
        jpeg, network: as of `Look`.
        label: the answer, a place in the network's label order.
    """

    jpeg: bytes
    network: Network
    label: int


class SeenFace(msgspec.Struct, frozen=True):
    """A face in a picture.

    Attributes:
        box: left, top, width, height, as fractions of the picture's width and height; may reach beyond 0 and 1.
        height_px: of the box.
        brightness: mean of the grey values in the box, 0 to 255.
        sharpness: variance of the Laplacian of the face at `looking.FACE_PX`, in squared grey values.
        turn: where the nose is between the eyes: 0 in the middle, about -0.5 or 0.5 at the eye on the picture's left
            or right; 0 where the detector says nothing of it.
        signature: the face as `looking.SIGNATURE_PX` squared grey values, for telling pictures apart.
        says: a row of probabilities from each network that was asked; None while that network is being opened.
        likeness: from each network how much the face is like each person's practice faces, -1 to 1; None where they
            are not on this computer.
    """

    box: tuple[float, float, float, float]
    height_px: float
    brightness: float
    sharpness: float
    turn: float
    signature: bytes
    says: tuple[tuple[float, ...] | None, ...] = ()
    likeness: tuple[tuple[float, ...] | None, ...] = ()


class Seen(msgspec.Struct, frozen=True, tag=True):
    """The faces in a picture, largest first, at most `MOST_FACES`."""

    faces: tuple[SeenFace, ...]


class Because(msgspec.Struct, frozen=True, tag=True):
    """How much less likely an answer becomes with a patch of the face covered.

    Attributes:
        loss: rows of `PATCHES` numbers, `PATCHES` of them, in logits; empty where there is no face, or the network is
            still being opened.
        whole, covered: the answer's probability with nothing covered, and with the patch that counts most.
        box: of the square that was cropped, as of `SeenFace`.
    """

    loss: tuple[tuple[float, ...], ...] = ()
    whole: float = 0.0
    covered: float = 0.0
    box: tuple[float, float, float, float] = (0.0, 0.0, 0.0, 0.0)


class Refused(msgspec.Struct, frozen=True, tag=True):
    """Why there is no answer, as a sentence."""

    sentence: str


Question = Look | Why
Answer = Seen | Because | Refused

_questions: msgspec.msgpack.Decoder[Question] = msgspec.msgpack.Decoder(Question)
_answers: msgspec.msgpack.Decoder[Answer] = msgspec.msgpack.Decoder(Answer)


def encode(message: Question | Answer) -> bytes:
    return msgspec.msgpack.encode(message)


def question(data: bytes) -> Question:
    """Read a question; raises `msgspec.DecodeError` where it is none."""
    return _questions.decode(data)


def answer(data: bytes) -> Answer:
    """Read an answer; raises `msgspec.DecodeError` where it is none."""
    return _answers.decode(data)
