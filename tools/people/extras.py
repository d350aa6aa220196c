"""The seven photos that the crop review is for: two people at once, no face, sideways, tiny, no picture at all."""

import json
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from PIL import Image

from tools.people.backdrop import draw_backdrop, save_jpeg
from tools.people.body import Body
from tools.people.cast import six_people
from tools.people.identity import Identity
from tools.people.recipe import Recipe, draw_recipe

SEED = 90_000
TINY_PX = 40
SIDEWAYS_FLAG = 6  # EXIF: turn by a quarter clockwise to see it upright
ASIDE_DM = 2.7

Photograph = Callable[[list[tuple[Identity, Recipe]], list[float]], Image.Image]


@dataclass(frozen=True)
class Extra:
    """One of the seven: where it lies below extras/, what is odd about it, and who can be seen."""

    path: str
    kind: str
    people: tuple[str, ...]


EXTRAS = (
    Extra("Amara/with a friend.jpg", "two people", ("Amara", "Bruno")),
    Extra("Leila/sisters.jpg", "two people", ("Leila", "Nadia")),
    Extra("Nadia/from behind.jpg", "no face", ("Nadia",)),
    Extra("Haruto/nobody there.jpg", "no face", ()),
    Extra("Bruno/sideways.jpg", "stored sideways, EXIF orientation 6", ("Bruno",)),
    Extra("Emil/tiny.jpg", f"tiny, {TINY_PX} pixels", ("Emil",)),
    Extra("Amara/not a photo.jpg", "not an image", ()),
)


def move_aside(body: Body, dm: float) -> Body:
    """The same body, moved to its left."""
    step = np.array([dm, 0.0, 0.0])
    parts = [replace(part, vertices=part.vertices + step) for part in body.parts]
    return Body(parts, body.outline + step, body.eyes + step)


def _plain_recipe(number: int, male: bool) -> Recipe:
    """A photo without glasses or cap, seen nearly from the front."""
    recipe = draw_recipe(SEED + number, male)
    return replace(recipe, glasses="", cap="", yaw_deg=5.0, body_deg=4.0, camera_around_deg=0.0, gaze_side_deg=-6.0)


def make_extras(out: Path, photograph: Photograph) -> None:
    """Write the seven files and index.json into out/sample/extras; those that are there are kept."""
    cast = {who.name: who for who in six_people()}
    folder = out / "sample" / "extras"
    for number, extra in enumerate(EXTRAS):
        path = folder / extra.path
        if path.exists():
            continue
        path.parent.mkdir(parents=True, exist_ok=True)
        people = [cast[name] for name in extra.people]
        recipe = _plain_recipe(number, bool(people) and people[0].male > 0.5)
        if extra.kind == "not an image":
            path.write_text("This file ends in .jpg but holds no picture.\n", encoding="utf-8")
        elif not people:
            save_jpeg(draw_backdrop(SEED + number, 320, "room"), path, 85)
        elif len(people) == 2:
            straight = {"yaw_deg": 0.0, "body_deg": 0.0, "head_share": 0.62}
            first = replace(recipe, **straight)
            second = replace(_plain_recipe(number + 50, people[1].male > 0.5), **straight)
            pair = list(zip(people, (first, second), strict=True))
            save_jpeg(photograph(pair, [-ASIDE_DM / 2, ASIDE_DM / 2]), path, 88)
        else:
            behind = extra.kind == "no face"
            picture = photograph([(people[0], replace(recipe, body_deg=178.0) if behind else recipe)], [0.0])
            if extra.kind.startswith("tiny"):
                picture = picture.resize((TINY_PX, TINY_PX), Image.Resampling.LANCZOS)
            if extra.kind.startswith("stored sideways"):
                save_jpeg(picture.transpose(Image.Transpose.ROTATE_90), path, 88, SIDEWAYS_FLAG)
            else:
                save_jpeg(picture, path, 88)
    index = [{"path": e.path, "kind": e.kind, "people": list(e.people)} for e in EXTRAS]
    (folder / "index.json").write_text(json.dumps(index, indent=1) + "\n", encoding="utf-8")
