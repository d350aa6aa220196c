"""Who is drawn: one seeded draw of sex, age, origin, facial details, skin, hair and eyes per person."""

from dataclasses import dataclass, field

import numpy as np

from tools.people import settings
from tools.people.mesh import BaseMesh

ENDS = (("decr", "incr"), ("down", "up"), ("in", "out"), ("backward", "forward"), ("concave", "convex"))
ENDS += (("compress", "uncompress"),)

# Axis of detail (folder/name without its end; "*" stands for both sides) -> spread of its weight.
AXES = {
    "head/head-scale-depth": 0.35,
    "head/head-scale-horiz": 0.32,
    "head/head-scale-vert": 0.32,
    "head/head-fat": 0.35,
    "head/head-angle": 0.20,
    "forehead/forehead-scale-vert": 0.30,
    "forehead/forehead-temple": 0.50,
    "forehead/forehead-trans": 0.35,
    "forehead/forehead-nubian": 0.30,
    "eyebrows/eyebrows-angle": 0.20,
    "eyebrows/eyebrows-trans_ud": 0.45,
    "nose/nose-scale-horiz": 0.45,
    "nose/nose-scale-vert": 0.50,
    "nose/nose-scale-depth": 0.45,
    "nose/nose-trans_ud": 0.35,
    "nose/nose-volume": 0.40,
    "nose/nose-hump": 0.55,
    "nose/nose-curve": 0.45,
    "nose/nose-greek": 0.40,
    "nose/nose-point": 0.50,
    "nose/nose-point-width": 0.50,
    "nose/nose-nostrils-width": 0.45,
    "nose/nose-nostrils-angle": 0.40,
    "nose/nose-flaring": 0.40,
    "nose/nose-width1": 0.40,
    "nose/nose-width2": 0.45,
    "nose/nose-width3": 0.45,
    "nose/nose-septumangle": 0.40,
    "nose/nose-base": 0.40,
    "mouth/mouth-scale-horiz": 0.50,
    "mouth/mouth-scale-vert": 0.35,
    "mouth/mouth-trans_ud": 0.35,
    "mouth/mouth-upperlip-volume": 0.45,
    "mouth/mouth-upperlip-height": 0.40,
    "mouth/mouth-lowerlip-volume": 0.45,
    "mouth/mouth-lowerlip-height": 0.40,
    "mouth/mouth-lowerlip-width": 0.35,
    "mouth/mouth-cupidsbow": 0.50,
    "mouth/mouth-philtrum-volume": 0.40,
    "mouth/mouth-dimples": 0.35,
    "chin/chin-bones": 0.45,
    "chin/chin-cleft": 0.35,
    "chin/chin-height": 0.35,
    "chin/chin-jaw-drop": 0.30,
    "chin/chin-prominent": 0.45,
    "chin/chin-prognathism": 0.30,
    "chin/chin-width": 0.40,
    "cheek/*-cheek-bones": 0.50,
    "cheek/*-cheek-inner": 0.40,
    "cheek/*-cheek-volume": 0.50,
    "cheek/*-cheek-trans": 0.40,
    "eyes/*-eye-scale": 0.35,
    "eyes/*-eye-trans_ud": 0.30,
    "eyes/*-eye-trans_io": 0.40,
    "eyes/*-eye-height1": 0.30,
    "eyes/*-eye-height2": 0.35,
    "eyes/*-eye-height3": 0.30,
    "eyes/*-eye-corner1": 0.40,
    "eyes/*-eye-corner2": 0.40,
    "eyes/*-eye-push1": 0.35,
    "eyes/*-eye-push2": 0.35,
    "eyes/*-eye-bag": 0.35,
    "eyes/*-eye-eyefold": 0.40,
    "eyes/*-eye-eyefold-angle": 0.40,
    "eyes/*-eye-epicanthus": 0.30,
    "ears/*-ear-scale": 0.40,
    "ears/*-ear-wing": 0.40,
    "ears/*-ear-lobe": 0.40,
    "ears/*-ear-trans_ud": 0.30,
    "neck/neck-scale-horiz": 0.25,
}
HEAD_SHAPES = ("oval", "round", "rectangular", "square", "triangular", "invertedtriangular", "diamond")

# A face at rest that nobody takes for cross.
FRIENDLY = {"mouth/mouth-angles-up": 0.3, "eyebrows/eyebrows-angle-up": 0.55}

Colour = tuple[float, float, float]
HAIR_COLOURS: dict[str, Colour] = {
    "black": (0.018, 0.015, 0.014),
    "dark": (0.045, 0.028, 0.019),
    "brown": (0.105, 0.058, 0.032),
    "chestnut": (0.15, 0.066, 0.032),
    "copper": (0.30, 0.105, 0.035),
    "fair": (0.38, 0.25, 0.12),
    "grey": (0.30, 0.29, 0.28),
    "white": (0.58, 0.57, 0.55),
}
# Not bob01, bob02, braid01 and short03: their fringe covers an eye.
LONG_HAIR = ("long01", "ponytail01")
SHORT_HAIR = ("short01", "short02", "short04")


@dataclass(frozen=True)
class Identity:
    """Everything about a person that stays the same from photo to photo.

    `male`, `african`, `asian`, `caucasian` and `heavy` are shares (0-1; the three origins sum to 1); `details` are
    weights of morph targets by short name; `skin` is the folder of its picture and `skin_tint` a factor per channel.
    """

    name: str
    male: float
    age_years: float
    african: float
    asian: float
    caucasian: float
    heavy: float
    skin: str
    hair: str
    hair_colour: Colour
    brows: str
    eyes: str
    muscle: float = 0.5
    skin_tint: Colour = (1.0, 1.0, 1.0)
    lashes: str = "eyelashes01"
    seed: int = 0
    details: dict[str, float] = field(default_factory=dict)


def _ends(base: BaseMesh, axis: str) -> tuple[str, str]:
    """The two targets at the ends of an axis, "*" still in them."""
    stem, _, hint = axis.partition("_")
    wanted = {"ud": (("down", "up"),), "io": (("in", "out"),)}.get(hint, ENDS)
    for low, high in wanted:
        if base.has_target(f"{stem}-{low}".replace("*", "l")):
            return f"{stem}-{low}", f"{stem}-{high}"
    raise FileNotFoundError(f"no morph target at the ends of {axis}")


def draw_details(rng: np.random.Generator) -> dict[str, float]:
    """Draw a position on every axis and two shapes of the head; no mesh needed."""
    return {axis: float(np.clip(rng.normal(0, spread), -2 * spread, 2 * spread)) for axis, spread in AXES.items()} | {
        f"shape:{name}": float(value)
        for name, value in zip(rng.choice(HEAD_SHAPES, 2, replace=False), (0.35, 0.2), strict=True)
    }


def blend_details(parents: dict[str, float], own: dict[str, float], share: float) -> dict[str, float]:
    """Mix two draws so that the spread stays and `share` of the variance comes from `parents`."""
    keys = dict.fromkeys([*parents, *own])
    a, b = np.sqrt(share), np.sqrt(1 - share)
    return {k: float(a * parents.get(k, 0.0) + b * own.get(k, 0.0)) for k in keys}


def to_targets(base: BaseMesh, details: dict[str, float], scale: float = 1.0) -> dict[str, float]:
    """Turn positions on axes into weights of morph targets, both sides alike."""
    weights: dict[str, float] = {}
    for axis, value in details.items():
        if axis.startswith("shape:"):
            weights[f"head/head-{axis[6:]}"] = abs(value) * scale
            continue
        low, high = _ends(base, axis)
        name = high if value > 0 else low
        for side in ("l", "r") if "*" in name else ("",):
            weights[name.replace("*", side)] = abs(value) * scale
    return weights


def macro_targets(who: Identity) -> dict[str, float]:
    """Weights of the targets for sex, age, origin and build."""
    old = float(np.clip((who.age_years - 25) / 65, 0, 1))
    weights: dict[str, float] = {}
    heavy = {"maxweight": max(0.0, 2 * who.heavy - 1), "minweight": max(0.0, 1 - 2 * who.heavy)}
    heavy["averageweight"] = 1 - sum(heavy.values())
    muscle = {"maxmuscle": max(0.0, 2 * who.muscle - 1), "minmuscle": max(0.0, 1 - 2 * who.muscle)}
    muscle["averagemuscle"] = 1 - sum(muscle.values())
    for sex, sex_share in (("male", who.male), ("female", 1 - who.male)):
        for age, age_share in (("old", old), ("young", 1 - old)):
            for origin in ("african", "asian", "caucasian"):
                weights[f"macrodetails/{origin}-{sex}-{age}"] = getattr(who, origin) * sex_share * age_share
            for m, m_share in muscle.items():
                for w, w_share in heavy.items():
                    name = f"macrodetails/universal-{sex}-{age}-{m}-{w}"
                    weights[name] = sex_share * age_share * m_share * w_share
    return {name: weight for name, weight in weights.items() if weight > 1e-4}


def skin_of(male: bool, age_years: float, origin: str) -> str:
    """The skin picture's folder for a sex, age and origin."""
    age = "young" if age_years < 38 else "middleage" if age_years < 62 else "old"
    return f"{age}_{origin}_{'male' if male else 'female'}"


def draw_stranger(seed: int, number: int) -> Identity:
    """Draw somebody who is none of the six."""
    rng = np.random.default_rng((seed, 1000 + number))
    male = bool(number % 2)
    origin = ("african", "asian", "caucasian")[number // 2 % 3]
    shares = dict.fromkeys(("african", "asian", "caucasian"), 0.0)
    rest = rng.uniform(0, 0.3)
    shares[origin] = 1 - rest
    shares[str(rng.choice([o for o in shares if o != origin]))] = rest
    age_years = float(rng.uniform(22, 80))
    if age_years > 62:
        colour = str(rng.choice(["grey", "white"]))
    elif origin == "caucasian":
        colour = str(rng.choice(["dark", "brown", "chestnut", "copper", "fair"]))
    else:
        colour = str(rng.choice(["black", "black", "dark"]))
    styles = SHORT_HAIR if male else LONG_HAIR
    if origin == "african":
        styles = ("afro01", "short01", "short04") if male else ("afro01", "long01", "ponytail01")
    eyes = ("brown", "brownlight", "green", "blue", "grey", "bluegreen") if origin == "caucasian" else ("brown",)
    return Identity(
        name=f"{number + 1:02d}",
        male=0.92 if male else 0.08,
        age_years=age_years,
        **shares,
        heavy=float(rng.uniform(0.3, 0.75)),
        skin=skin_of(male, age_years, origin),
        skin_tint=tuple(rng.uniform(0.9, 1.08) * rng.uniform(0.97, 1.03, 3)),
        hair=str(rng.choice(styles)),
        hair_colour=HAIR_COLOURS[colour],
        brows=f"eyebrow{rng.integers(1, 9):03d}",
        eyes=str(rng.choice(eyes)),
        seed=seed + 1000 + number,
        details=draw_details(rng),
    )


def scaled_targets(base: BaseMesh, who: Identity) -> dict[str, float]:
    """All morph targets of an identity: macro and detail."""
    weights = macro_targets(who)
    for name, weight in [*FRIENDLY.items(), *to_targets(base, who.details, settings.DETAIL_SCALE).items()]:
        weights[name] = weights.get(name, 0.0) + weight
    return weights
