"""What differs from photo to photo, drawn from a seed."""

from dataclasses import dataclass

import numpy as np

from tools.people import settings

Colour = tuple[float, float, float]
CLOTHES = {
    "female": ("female_casualsuit01", "female_elegantsuit01", "male_casualsuit02", "male_casualsuit03"),
    "male": ("male_casualsuit01", "male_casualsuit02", "male_casualsuit03", "male_casualsuit04", "male_casualsuit05"),
}
# Friendly or neutral; weights of face units at full strength.
EXPRESSIONS: tuple[dict[str, float], ...] = (
    {"mouthSmile": 0.1, "browInnerUp": 0.35},
    {"mouthSmile": 0.4, "browInnerUp": 0.35},
    {"mouthSmile": 0.55, "cheekSquint": 0.3, "eyeSquint": 0.05, "browInnerUp": 0.35},
    {"mouthSmile": 0.7, "cheekSquint": 0.45, "eyeSquint": 0.08, "mouthDimple": 0.2, "browInnerUp": 0.35},
    {"mouthSmile": 0.5, "browInnerUp": 0.6, "browOuterUp": 0.2},
    {"mouthSmile": 0.25, "browInnerUp": 0.55, "browOuterUp": 0.2},
    {"mouthSmile": 0.35, "mouthPress": 0.15, "browInnerUp": 0.3},
    {"mouthSmile": 0.55, "mouthUpperUp": 0.12, "jawOpen": 0.1, "cheekSquint": 0.35, "browInnerUp": 0.4},
)
ONE_SIDED = ("browInnerUp", "jawOpen", "cheekPuff", "mouthPucker")


@dataclass(frozen=True)
class Recipe:
    """One photo. Angles in degrees, colours as linear RGB factors.

    The face's yaw against the camera is `body_deg + yaw_deg - camera_around_deg`.
    """

    seed: int
    yaw_deg: float
    pitch_deg: float
    roll_deg: float
    body_deg: float
    arms_down_deg: float
    gaze_side_deg: float
    gaze_up_deg: float
    expression: dict[str, float]
    clothes: str
    cloth_colour: Colour
    cloth_stripes: float
    lens_mm: float
    camera_around_deg: float
    camera_up_deg: float
    head_share: float
    frame_x: float
    frame_y: float
    key_around_deg: float
    key_up_deg: float
    key_colour: Colour
    key_size_m: float
    fill_share: float
    fill_colour: Colour
    rim: float
    exposure_stops: float
    blur_px: float
    noise: float
    jpeg_quality: int
    glasses: str
    cap: str


def draw_expression(rng: np.random.Generator) -> dict[str, float]:
    """A friendly or neutral expression as weights of face units, a little lopsided."""
    chosen = EXPRESSIONS[rng.integers(len(EXPRESSIONS))]
    strength = rng.uniform(0.7, 1.05)
    units: dict[str, float] = {}
    for name, weight in chosen.items():
        for side in ("",) if name in ONE_SIDED else ("Left", "Right"):
            units[f"faceunits/{name}{side}"] = float(weight * strength * rng.uniform(0.88, 1.12))
    for side in ("Left", "Right"):
        units[f"faceunits/eyeBlink{side}"] = 0.0
    lid = float(rng.uniform(-0.3, 0.03))
    for side in ("Left", "Right"):
        name = "eyeBlink" if lid > 0 else "eyeWide"
        units[f"faceunits/{name}{side}"] = units.get(f"faceunits/{name}{side}", 0.0) + abs(lid)
    return units


def _hue(rng: np.random.Generator, saturation: float, value: float) -> Colour:
    """A random hue with the given saturation and value, linear RGB."""
    phase = rng.uniform(0, 1) + np.array([0, 1 / 3, 2 / 3])
    wheel = np.clip(np.abs((phase * 6) % 6 - 3) - 1, 0, 1)
    r, g, b = value * (1 - saturation + saturation * wheel)
    return float(r), float(g), float(b)


def _light_colour(rng: np.random.Generator) -> Colour:
    """Between lamp-warm and sky-cool, never far from white."""
    warm = rng.uniform(-1, 1) * settings.LIGHT_COLOUR
    r, g, b = 1 + 0.45 * warm, 1 + 0.04 * rng.uniform(-1, 1), 1 - 0.5 * warm
    return float(r), float(g), float(b)


def _normal(rng: np.random.Generator, limit: float) -> float:
    """A bell-shaped draw that stays within two of its spreads."""
    return float(np.clip(rng.normal(0, limit / 2), -limit, limit))


def draw_recipe(seed: int, male: bool) -> Recipe:
    """Draw one photo; `male` chooses among the cuts of clothes only."""
    rng = np.random.default_rng((settings.PHOTO_SEED, seed))
    far = rng.uniform() < settings.YAW_FAR_SHARE
    yaw = rng.uniform(*settings.YAW_FAR_DEG) if far else rng.uniform(0, settings.YAW_USUAL_DEG)
    yaw *= rng.choice([-1, 1])
    body_share = rng.uniform(0.25, 0.7)
    around = rng.uniform(-12, 12)
    cuts = CLOTHES["male" if male else "female"]
    gaze_at_camera = rng.uniform() < 0.6
    gaze_side = float(np.clip(-0.8 * yaw if gaze_at_camera else rng.uniform(-1, 1) * settings.GAZE_DEG, -24, 24))
    pitch = _normal(rng, settings.PITCH_DEG)
    key_around = rng.uniform(-settings.KEY_AROUND_DEG, settings.KEY_AROUND_DEG)
    return Recipe(
        seed=seed,
        yaw_deg=float(yaw * (1 - body_share)),
        pitch_deg=pitch,
        roll_deg=_normal(rng, settings.ROLL_DEG),
        body_deg=float(yaw * body_share + around),
        arms_down_deg=float(rng.uniform(10, 18)),
        gaze_side_deg=gaze_side,
        gaze_up_deg=float(rng.uniform(-5, 5)),
        expression=draw_expression(rng),
        clothes=str(rng.choice(cuts)),
        cloth_colour=_hue(rng, rng.uniform(0.1, 0.8), rng.uniform(0.12, 0.75)),
        cloth_stripes=float(rng.choice([0.0, 0.0, 0.0, 18.0, 30.0])),
        lens_mm=float(rng.uniform(*settings.LENS_MM)),
        camera_around_deg=float(around),
        camera_up_deg=float(rng.uniform(-6, 9)),
        head_share=float(rng.uniform(*settings.HEAD_SHARE)),
        frame_x=float(rng.uniform(-0.07, 0.07)),
        frame_y=float(rng.uniform(0.02, 0.10)),
        key_around_deg=float(key_around),
        key_up_deg=float(rng.uniform(*settings.KEY_UP_DEG)),
        key_colour=_light_colour(rng),
        key_size_m=float(rng.uniform(0.35, 1.4)),
        fill_share=float(rng.uniform(*settings.FILL_SHARE)),
        fill_colour=_light_colour(rng),
        rim=float(rng.choice([0.0, 0.0, 0.5, 1.0])),
        exposure_stops=float(rng.uniform(-1, 1) * settings.EXPOSURE_STOPS),
        blur_px=float(rng.uniform(0, settings.BLUR_PX) * (rng.uniform() < 0.6)),
        noise=float(rng.uniform(0, settings.NOISE)),
        jpeg_quality=int(rng.integers(settings.JPEG_QUALITY[0], settings.JPEG_QUALITY[1] + 1)),
        glasses=str(rng.choice(["round", "square"])) if rng.uniform() < settings.GLASSES_SHARE else "",
        cap=str(rng.choice(["cap", "beanie"])) if rng.uniform() < settings.CAP_SHARE else "",
    )
