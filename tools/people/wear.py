"""Glasses, a cap and a knitted hat, modelled on the head they are worn on (before it is turned)."""

import numpy as np

from tools.people.mesh import ObjMesh

CAPS = ("cap", "beanie")


def _grid(points: np.ndarray, closed: bool) -> tuple[np.ndarray, list[list[int]]]:
    """Quads over a grid of points, shape (rows, columns, 3); `closed` joins the last column to the first."""
    rows, columns = points.shape[:2]
    last = columns if closed else columns - 1
    faces = [
        [i * columns + j, i * columns + (j + 1) % columns, (i + 1) * columns + (j + 1) % columns, (i + 1) * columns + j]
        for i in range(rows - 1)
        for j in range(last)
    ]
    return points.reshape(-1, 3), faces


def _join(pieces: list[tuple[np.ndarray, list[list[int]]]]) -> ObjMesh:
    """Several pieces as one mesh without uvs."""
    vertices, faces, start = [], [], 0
    for points, quads in pieces:
        vertices.append(points)
        faces += [[v + start for v in quad] for quad in quads]
        start += len(points)
    uvs = [[0] * len(face) for face in faces]
    return ObjMesh(np.vstack(vertices), np.zeros((1, 2)), faces, uvs, [""] * len(faces))


def _tube(path: np.ndarray, radius: float, closed: bool) -> tuple[np.ndarray, list[list[int]]]:
    """A round tube along points, shape (n, 3)."""
    path = np.vstack([path, path[:1]]) if closed else path
    along = np.gradient(path, axis=0)
    if closed:
        along[0] = along[-1] = path[1] - path[-2]
    along /= np.linalg.norm(along, axis=1, keepdims=True)
    side = np.cross(along, np.array([0.31, 0.23, 0.92]))
    side /= np.linalg.norm(side, axis=1, keepdims=True)
    other = np.cross(along, side)
    turns = np.linspace(0, 2 * np.pi, 8, endpoint=False)
    ring = np.cos(turns)[None, :, None] * side[:, None] + np.sin(turns)[None, :, None] * other[:, None]
    return _grid(path[:, None] + radius * ring, closed=True)


def make_glasses(
    kind: str, eyes: np.ndarray, ears: np.ndarray, bridge: np.ndarray, face: np.ndarray
) -> dict[str, ObjMesh]:
    """Glasses of a "round" or "square" cut.

    Args:
        eyes: centres of the left and the right eye, shape (2, 3).
        ears: where the temples rest, left and right, shape (2, 3).
        bridge: the point of the nose that carries them, shape (3,).
        face: vertices of the face, shape (n, 3); the rims stay in front of them.

    Returns:
        "frame" and "lens", in the axes and lengths of the arguments.
    """
    apart = float(np.linalg.norm(eyes[0] - eyes[1]))
    wide, high, power = (0.36, 0.34, 2.0) if kind == "round" else (0.40, 0.28, 4.5)
    near = face[(np.abs(face[:, 1] - eyes[:, 1].mean()) < 0.3 * apart) & (np.abs(face[:, 0]) < 0.95 * apart)]
    outer = near[(np.abs(near[:, 0]) > 0.22 * apart)]
    front = max(float(outer[:, 2].max()) + 0.03, float(bridge[2]) - 0.12)
    turns = np.linspace(0, 2 * np.pi, 40, endpoint=False)
    c, s = np.cos(turns), np.sin(turns)
    pieces, lenses = [], []
    for eye, ear in zip(eyes, ears, strict=True):
        sign = np.sign(eye[0])
        centre = np.array([eye[0] * 1.06, eye[1] - 0.04 * apart, front])
        rim = np.stack([wide * apart * np.sign(c) * np.abs(c) ** (2 / power),
                        high * apart * np.sign(s) * np.abs(s) ** (2 / power), np.zeros(40)], axis=1)  # fmt: skip
        rim[:, 2] -= 0.10 * np.clip(sign * rim[:, 0], 0, None)
        pieces.append(_tube(centre + rim, 0.022, closed=True))
        lenses.append((np.vstack([centre + rim, centre[None]]), [[i, (i + 1) % 40, 40] for i in range(40)]))
        hinge = centre + np.array([sign * wide * apart, 0.5 * high * apart, -0.10 * wide * apart])
        out = np.array([max(abs(hinge[0]) + 0.03, abs(ear[0]) + 0.02) * sign, hinge[1], hinge[2] - 0.18])
        rest = np.array([ear[0], ear[1], ear[2]])
        behind = rest + np.array([-0.03 * sign, -0.25, -0.28])
        pieces.append(_tube(_curve([hinge, out, rest, behind]), 0.022, closed=False))
    inner = [np.array([e[0] * 1.06 - np.sign(e[0]) * wide * apart, e[1] + 0.05 * apart, front]) for e in eyes]
    middle = (inner[0] + inner[1]) / 2 + np.array([0, 0.04 * apart, 0.03])
    pieces.append(_tube(_curve([inner[0], middle, inner[1]]), 0.022, closed=False))
    return {"frame": _join(pieces), "lens": _join(lenses)}


def _curve(knots: list[np.ndarray], steps: int = 8) -> np.ndarray:
    """Straight pieces between knots with evenly spaced points, slightly rounded."""
    points = [knots[i] + (knots[i + 1] - knots[i]) * t for i in range(len(knots) - 1)
              for t in np.linspace(0, 1, steps, endpoint=False)]  # fmt: skip
    path = np.array([*points, knots[-1]])
    for _ in range(2):
        path[1:-1] = (path[:-2] + 2 * path[1:-1] + path[2:]) / 4
    return path


def cap_line(brow: float, skull: np.ndarray, points: np.ndarray) -> np.ndarray:
    """How far points lie above the hem of a cap, shape (n,): it runs from above the brows down to the nape."""
    front, back = skull[:, 2].max(), skull[:, 2].min()
    t = np.clip((front - points[:, 2]) / (front - back), 0, 1)
    return points[:, 1] - (brow + 0.42 - 0.75 * t)


def make_cap(kind: str, skull: np.ndarray, brow: float) -> ObjMesh:
    """A cap with a peak, or a knitted hat with a turned-up hem.

    Args:
        skull: vertices of the head above the brows, shape (n, 3).
        brow: height of the brows.
    """
    low, high = skull.min(axis=0), skull.max(axis=0)
    centre = np.array([0.0, brow + 0.1, (low[2] + high[2]) / 2])
    lift = 0.20 if kind == "beanie" else 0.10
    radii = np.array([(high[0] - low[0]) / 2 + 0.09, high[1] - centre[1] + lift, (high[2] - low[2]) / 2 + 0.09])
    around = np.linspace(0, 2 * np.pi, 48, endpoint=False)
    rows = []
    for share in np.linspace(0, 1, 14):
        up = np.pi / 2 * share
        ring = centre + radii * np.stack(
            [np.sin(around) * np.cos(up), np.full(48, np.sin(up)), np.cos(around) * np.cos(up)], axis=1
        )
        rows.append(ring)
    dome = np.array(rows)
    # The hem follows the cap line: lower rings are lifted in front and lowered behind.
    slope = (1 - np.linspace(0, 1, 14))[:, None]
    t = np.clip((high[2] + 0.09 - dome[:, :, 2]) / (2 * radii[2]), 0, 1)
    dome[:, :, 1] += slope * (0.32 - 0.75 * t)
    pieces = [_grid(dome, closed=True)]
    if kind == "beanie":
        bulge = 1 + 0.035 * np.array([0.0, 1.0, 1.25, 1.0, 0.0])
        hem = []
        for factor, rise in zip(bulge, np.linspace(-0.03, 0.38, 5), strict=True):
            ring = dome[0].copy()
            ring[:, [0, 2]] = centre[[0, 2]] + (ring[:, [0, 2]] - centre[[0, 2]]) * factor
            ring[:, 1] += rise
            hem.append(ring)
        pieces.append(_grid(np.array(hem), closed=True))
    else:
        span = np.linspace(-1.05, 1.05, 24)
        edge = centre + np.stack([radii[0] * np.sin(span), np.zeros(24), radii[2] * np.cos(span)], axis=1)
        edge[:, 1] += 0.32 - 0.75 * np.clip((high[2] + 0.09 - edge[:, 2]) / (2 * radii[2]), 0, 1)
        peak = []
        for share in np.linspace(0, 1, 6):
            ring = edge.copy()
            reach = 0.62 * share * np.clip(np.cos(span * 1.45), 0, 1) ** 0.6
            ring[:, 2] += reach
            ring[:, 1] -= 0.22 * reach + 0.10 * np.abs(span) * share
            peak.append(ring)
        pieces.append(_grid(np.array(peak), closed=False))
    return _join(pieces)
