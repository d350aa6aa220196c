"""The six people of data/sample, among them two sisters and two men who look alike."""

import numpy as np

from tools.people import settings
from tools.people.identity import HAIR_COLOURS, Identity, blend_details, draw_details, draw_stranger, skin_of


def _details(number: int) -> dict[str, float]:
    return draw_details(np.random.default_rng((settings.CAST_SEED, number)))


def six_people() -> list[Identity]:
    """The cast, in the order of their names."""
    parents, model = _details(100), _details(200)
    sisters = {
        "male": 0.06, "african": 0.15, "asian": 0.25, "caucasian": 0.60, "heavy": 0.45,
        "skin": skin_of(False, 28, "caucasian"), "skin_tint": (0.85, 0.75, 0.67),
        "hair": "long01", "hair_colour": HAIR_COLOURS["dark"],
    }  # fmt: skip
    doubles = {
        "male": 0.95, "african": 0.0, "asian": 0.05, "caucasian": 0.95, "heavy": 0.55,
        "skin": skin_of(True, 44, "caucasian"), "hair": "short02", "hair_colour": HAIR_COLOURS["brown"],
        "brows": "eyebrow001",
    }  # fmt: skip
    return [
        Identity(
            name="Amara", age_years=34, male=0.05, african=0.95, asian=0.0, caucasian=0.05, heavy=0.5,
            skin=skin_of(False, 34, "african"), skin_tint=(1.15, 1.28, 1.38), hair="afro01",
            hair_colour=HAIR_COLOURS["black"], brows="eyebrow006", eyes="brown", seed=1, details=_details(1),
        ),
        Identity(
            name="Bruno", age_years=43, eyes="brown", seed=2,
            details=blend_details(model, _details(2), settings.DOUBLES_SHARE), **doubles,
        ),
        Identity(
            name="Emil", age_years=45, eyes="brownlight", seed=3,
            details=blend_details(model, _details(3), settings.DOUBLES_SHARE), **doubles,
        ),
        Identity(
            name="Haruto", age_years=69, male=0.92, african=0.0, asian=1.0, caucasian=0.0, heavy=0.45,
            skin=skin_of(True, 69, "asian"), skin_tint=(1.0, 1.1, 1.24), hair="short04",
            hair_colour=HAIR_COLOURS["grey"], brows="eyebrow010", eyes="brown", seed=4, details=_details(4),
        ),
        Identity(
            name="Leila", age_years=30, brows="eyebrow008", eyes="brown", seed=5,
            details=blend_details(parents, _details(5), settings.SISTERS_SHARE), **sisters,
        ),
        Identity(
            name="Nadia", age_years=25, brows="eyebrow001", eyes="brown", seed=6,
            details=blend_details(parents, _details(6), settings.SISTERS_SHARE), **sisters,
        ),
    ]  # fmt: skip


def strangers() -> list[Identity]:
    """The people of data/strangers."""
    return [draw_stranger(settings.CAST_SEED, number) for number in range(settings.STRANGERS)]
