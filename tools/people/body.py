"""From an identity and a photo's pose and expression to posed geometry, ready to be drawn."""

from dataclasses import dataclass, replace

import numpy as np

from tools.people.assets import Library
from tools.people.identity import Identity, scaled_targets
from tools.people.mesh import ObjMesh
from tools.people.recipe import Recipe
from tools.people.wear import CAPS, cap_line, make_cap, make_glasses

UNDER_CLOTHES_DM = 0.13


@dataclass(frozen=True)
class Part:
    """One mesh of the scene.

    Attributes:
        name: what it is: "skin", "hair", "brows", "lashes", "eyes", "teeth", "clothes", or a thing made in wear.py.
        mesh: faces and uvs; its own vertices are not used.
        vertices: float64, shape (n, 3), decimetres, MakeHuman's axes.
        faces: the numbers of the mesh's faces that are drawn.
    """

    name: str
    mesh: ObjMesh
    vertices: np.ndarray
    faces: list[int]


@dataclass(frozen=True)
class Body:
    """A posed person: parts, and what the camera and the eyes of others look for.

    Attributes:
        parts: everything drawn.
        outline: points of head and hair that must lie in the frame, shape (n, 3).
        eyes: centre of the left and of the right eye, shape (2, 3).
    """

    parts: list[Part]
    outline: np.ndarray
    eyes: np.ndarray


def rotation(axis: np.ndarray, angle_rad: np.ndarray) -> np.ndarray:
    """Rotation matrices about a unit axis for each angle, shape (n, 3, 3) (Rodrigues)."""
    x, y, z = axis
    k = np.array([[0, -z, y], [z, 0, -x], [-y, x, 0]])
    s, c = np.sin(angle_rad)[:, None, None], np.cos(angle_rad)[:, None, None]
    return np.eye(3) + s * k + (1 - c) * (k @ k)


def turn(vertices: np.ndarray, pivot: np.ndarray, axis: tuple[float, float, float], deg: np.ndarray) -> np.ndarray:
    """Turn each vertex about its own angle in degrees, shape (n,)."""
    turned = rotation(np.array(axis, float), np.radians(deg)) @ (vertices - pivot)[:, :, None]
    return turned[:, :, 0] + pivot


class Poser:
    """Turns head and arms; knows how far every vertex of the base mesh follows them."""

    def __init__(self, library: Library) -> None:
        """Read the bone weights once."""
        base = library.base
        self.head = base.weight_below({"head": 1.0, "neck03": 0.72, "neck02": 0.45, "neck01": 0.2})
        self.arms = {side: base.weight_below({f"upperarm01.{side}": 1.0, f"shoulder01.{side}": 0.5}) for side in "LR"}
        self.head_vertices = np.flatnonzero(self.head > 0.95)
        self.neck_joint = base.group_vertices("joint-neck")
        self.head_joint = base.group_vertices("joint-head")
        self.arm_joints = {side: base.group_vertices(f"joint-{side.lower()}-shoulder") for side in "LR"}

    def pose(
        self, vertices: np.ndarray, base: np.ndarray, recipe: Recipe, head: np.ndarray, arms: dict[str, np.ndarray]
    ) -> np.ndarray:
        """Pose vertices whose shares of head and arms are given; `base` is the unposed base mesh (for the joints)."""
        out = vertices
        for side, sign in (("L", -1.0), ("R", 1.0)):
            pivot = base[self.arm_joints[side]].mean(axis=0)
            out = turn(out, pivot, (0, 0, 1), sign * recipe.arms_down_deg * arms[side])
        pivot = 0.55 * base[self.neck_joint].mean(axis=0) + 0.45 * base[self.head_joint].mean(axis=0)
        for axis, deg in (((0, 0, 1), recipe.roll_deg), ((1, 0, 0), recipe.pitch_deg), ((0, 1, 0), recipe.yaw_deg)):
            out = turn(out, pivot, axis, deg * head)
        return turn(out, pivot, (0, 1, 0), np.full(len(out), recipe.body_deg))

    def pose_head(self, vertices: np.ndarray, base: np.ndarray, recipe: Recipe) -> np.ndarray:
        """Pose vertices that follow the head wholly."""
        none = np.zeros(len(vertices))
        return self.pose(vertices, base, recipe, none + 1, {"L": none, "R": none})


def _gaze(eyes: np.ndarray, recipe: Recipe) -> np.ndarray:
    """Turn both eyeballs of the eye proxy about their own centres."""
    out = eyes.copy()
    for side in (eyes[:, 0] > 0, eyes[:, 0] <= 0):
        ball = out[side]
        centre = (ball.min(axis=0) + ball.max(axis=0)) / 2
        ball = turn(ball, centre, (1, 0, 0), np.full(len(ball), -recipe.gaze_up_deg))
        out[side] = turn(ball, centre, (0, 1, 0), np.full(len(ball), recipe.gaze_side_deg))
    return out


def _kept_faces(mesh: ObjMesh, dropped: frozenset[int], group: str = "") -> list[int]:
    """Faces of a group that have no vertex in `dropped`."""
    return [
        i
        for i, (face, name) in enumerate(zip(mesh.faces, mesh.groups, strict=True))
        if (not group or name == group) and not dropped.intersection(face)
    ]


def vertex_normals(vertices: np.ndarray, faces: list[list[int]]) -> np.ndarray:
    """Unit normals of the vertices that the faces use (zero elsewhere), shape (n, 3)."""
    quads = np.array([face if len(face) == 4 else [*face, face[-1]] for face in faces])
    across = np.cross(vertices[quads[:, 2]] - vertices[quads[:, 0]], vertices[quads[:, 3]] - vertices[quads[:, 1]])
    normals = np.zeros_like(vertices)
    for corner in range(4):
        np.add.at(normals, quads[:, corner], across)
    return normals / np.maximum(np.linalg.norm(normals, axis=1, keepdims=True), 1e-9)


def skin_part(mesh: ObjMesh, posed: np.ndarray, hidden: frozenset[int], floor: float) -> Part:
    """The skin: under the clothes it is drawn back a little, and not drawn at all below `floor`.

    Leaving it out wherever clothes cover it would leave holes to be seen through an open collar.
    """
    body = _kept_faces(mesh, frozenset(), "body")
    normals = vertex_normals(posed, [mesh.faces[i] for i in body])
    under = np.array(sorted(hidden))
    vertices = posed.copy()
    vertices[under] -= UNDER_CLOTHES_DM * normals[under]
    low = {int(v) for v in under if posed[v, 1] < floor}
    return Part("skin", mesh, vertices, [i for i in body if not low.intersection(mesh.faces[i])])


def things_worn(recipe: Recipe, shape: np.ndarray, eyes: np.ndarray, head: np.ndarray, brow: float) -> list[Part]:
    """Glasses and headgear of a photo, modelled on the unposed head.

    Args:
        eyes: centres of the eyes, shape (2, 3).
        head: vertices of the head without neck, shape (n, 3).
        brow: height of the brows.
    """
    meshes = {}
    if recipe.glasses:
        level = head[np.abs(head[:, 1] - eyes[:, 1].mean() - 0.1) < 0.3]
        ears = np.array([level[np.argmax(level[:, 0])], level[np.argmin(level[:, 0])]]) * [0.82, 1, 1] + [0, 0, 0.15]
        ears[:, 1] = eyes[:, 1] + 0.18
        ridge = head[(np.abs(head[:, 0]) < 0.06) & (np.abs(head[:, 1] - eyes[:, 1].mean()) < 0.12)]
        meshes.update(make_glasses(recipe.glasses, eyes, ears, ridge[np.argmax(ridge[:, 2])], head))
    if recipe.cap:
        meshes[recipe.cap] = make_cap(recipe.cap, head[head[:, 1] > brow + 0.25], brow)
    return [Part(name, mesh, mesh.vertices, list(range(len(mesh.faces)))) for name, mesh in meshes.items()]


def build_body(library: Library, poser: Poser, who: Identity, recipe: Recipe) -> Body:
    """Morph, dress and pose one person for one photo."""
    base = library.base
    shape = base.morph(library.shape_of(who, scaled_targets), recipe.expression)
    clothes = library.clothes(recipe.clothes)
    wanted = {
        "hair": library.hair(who.hair), "brows": library.brows(who.brows), "lashes": library.lashes(who.lashes),
        "eyes": library.eyes(), "teeth": library.teeth(), "clothes": clothes,
    }  # fmt: skip
    fitted = {name: proxy.fit(shape) for name, proxy in wanted.items()}
    fitted["eyes"] = _gaze(fitted["eyes"], recipe)
    head = shape[poser.head_vertices]
    brow = float(fitted["brows"][:, 1].mean())
    eyes = np.array([shape[base.group_vertices(f"helper-{side}-eye")].mean(axis=0) for side in "lr"])

    posed = poser.pose(shape, shape, recipe, poser.head, poser.arms)
    parts = [skin_part(base.obj, posed, clothes.hidden, float(shape[poser.neck_joint, 1].mean()) - 1.6)]
    for name, proxy in wanted.items():
        arms = {side: proxy.carry(share) for side, share in poser.arms.items()}
        vertices = poser.pose(fitted[name], shape, recipe, proxy.carry(poser.head), arms)
        faces = list(range(len(proxy.mesh.faces)))
        if name == "hair" and recipe.cap:
            above = cap_line(brow, head[head[:, 1] > brow], fitted[name])
            faces = [i for i in faces if above[proxy.mesh.faces[i]].mean() < 0]
        parts.append(Part(name, proxy.mesh, vertices, faces))
    for thing in things_worn(recipe, shape, eyes, head, brow):
        parts.append(replace(thing, vertices=poser.pose_head(thing.vertices, shape, recipe)))

    skull = posed[poser.head_vertices]
    tops = [part.vertices for part in parts if part.name in CAPS or (part.name == "hair" and not recipe.cap)]
    outline = np.vstack([skull, *(points[points[:, 1] > skull[:, 1].min()] for points in tops)])
    return Body(parts, outline, poser.pose_head(eyes, shape, recipe))
