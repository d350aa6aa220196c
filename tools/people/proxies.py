"""Hair, brows, lashes, teeth, eyes and clothes: MakeHuman proxies fitted to a morphed base mesh.

A .mhclo file binds each vertex of a proxy to one vertex of the base mesh, or to three with weights and an offset. The
offset is scaled by how wide, high and deep the morphed body is at three pairs of reference vertices.
"""

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np

from tools.people.mesh import ObjMesh, read_obj


@dataclass(frozen=True)
class Proxy:
    """A proxy's mesh and how it hangs on the base mesh.

    Attributes:
        mesh: the proxy's own .obj.
        anchors: int, shape (n, 3), base vertices.
        weights: float64, shape (n, 3), of the anchors.
        offsets: float64, shape (n, 3), before scaling.
        scales: for x, y, z: two base vertices and the distance that counts as 1.
        hidden: base vertices that the proxy covers and that are not to be drawn.
    """

    mesh: ObjMesh
    anchors: np.ndarray
    weights: np.ndarray
    offsets: np.ndarray
    scales: tuple[tuple[int, int, float], ...]
    hidden: frozenset[int]

    def fit(self, base: np.ndarray) -> np.ndarray:
        """Place the proxy on morphed base vertices, shape (n_base, 3); gives shape (n, 3)."""
        scale = [abs(base[a, axis] - base[b, axis]) / unit for axis, (a, b, unit) in enumerate(self.scales)]
        return self.carry(base) + self.offsets * np.array(scale)

    def carry(self, values: np.ndarray) -> np.ndarray:
        """Interpolate per-vertex values of the base mesh, shape (n_base, ...), to the proxy's vertices."""
        weights = self.weights.reshape(self.weights.shape + (1,) * (values.ndim - 1))
        return (values[self.anchors] * weights).sum(axis=1)


def _read_hidden(words: list[str]) -> set[int]:
    """Vertex numbers and ranges ("3 5 - 9") as a set."""
    hidden: set[int] = set()
    i = 0
    while i < len(words):
        if i + 2 < len(words) and words[i + 1] == "-":
            hidden.update(range(int(words[i]), int(words[i + 2]) + 1))
            i += 3
        else:
            hidden.add(int(words[i]))
            i += 1
    return hidden


@lru_cache(maxsize=64)
def read_proxy(path: Path) -> Proxy:
    """Read a .mhclo file and the .obj it names."""
    scales: dict[str, tuple[int, int, float]] = {}
    rows: list[list[float]] = []
    hidden_words: list[str] = []
    mesh_name, section = "", ""
    for line in path.read_text(encoding="utf-8", errors="replace").splitlines():
        words = line.split()
        if not words or words[0].startswith("#"):
            continue
        if words[0] in ("verts", "delete_verts"):
            section = words[0]
        elif not words[0].lstrip("-").isdigit():
            if words[0].endswith("_scale") and len(words[0]) == 7:
                scales[words[0][0]] = (int(words[1]), int(words[2]), float(words[3]))
            elif words[0] == "obj_file":
                mesh_name = words[1]
        elif section == "verts":
            rows.append([float(w) for w in words] if len(words) > 1 else [float(words[0])] * 3 + [1.0] + [0.0] * 5)
        elif section == "delete_verts":
            hidden_words += words
    table = np.array(rows)
    return Proxy(
        mesh=read_obj(path.parent / mesh_name),
        anchors=table[:, :3].astype(int),
        weights=table[:, 3:6],
        offsets=table[:, 6:9],
        scales=(scales["x"], scales["y"], scales["z"]),
        hidden=frozenset(_read_hidden(hidden_words)),
    )
