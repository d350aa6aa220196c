"""A Blender scene for one photo, rendered by Cycles on a transparent ground."""

from pathlib import Path
from typing import Any

import bpy
import numpy as np
from mathutils import Vector

from tools.people import materials
from tools.people.assets import Library
from tools.people.body import Body, Part
from tools.people.identity import Identity
from tools.people.recipe import Recipe

SENSOR_MM = 36.0
RENDER_PX = 384
FRAME_COLOURS = ((0.015, 0.012, 0.01), (0.09, 0.035, 0.015), (0.02, 0.03, 0.08), (0.25, 0.24, 0.22))
CAP_COLOURS = ((0.02, 0.05, 0.16), (0.3, 0.04, 0.04), (0.05, 0.05, 0.05), (0.06, 0.16, 0.09), (0.45, 0.36, 0.2))


def to_blender(points: np.ndarray) -> np.ndarray:
    """Decimetres with y up to metres with z up; the face looks to -y."""
    return np.stack([points[:, 0], -points[:, 2], points[:, 1]], axis=1) * 0.1


def start(samples: int, render_px: int = RENDER_PX) -> None:
    """Empty Blender and set Cycles up."""
    bpy.ops.wm.read_factory_settings(use_empty=True)
    scene = bpy.context.scene
    scene.render.engine = "CYCLES"
    scene.cycles.device = "CPU"
    scene.cycles.samples = samples
    scene.cycles.use_adaptive_sampling = True
    scene.cycles.adaptive_threshold = 0.03
    scene.cycles.use_denoising = True
    scene.cycles.denoiser = "OPENIMAGEDENOISE"
    scene.cycles.max_bounces = 6
    scene.cycles.diffuse_bounces = 2
    scene.cycles.glossy_bounces = 2
    scene.cycles.transparent_max_bounces = 12
    scene.cycles.sample_clamp_indirect = 4.0
    scene.render.resolution_x = scene.render.resolution_y = render_px
    scene.render.film_transparent = True
    scene.render.image_settings.file_format = "PNG"
    scene.render.image_settings.color_mode = "RGBA"
    scene.view_settings.view_transform = "Filmic"
    scene.view_settings.look = "Medium High Contrast"


def clear() -> None:
    """Remove all objects, meshes, lights and materials; loaded pictures stay."""
    for things in (bpy.data.objects, bpy.data.meshes, bpy.data.lights, bpy.data.cameras, bpy.data.materials,
                   bpy.data.curves, bpy.data.worlds):  # fmt: skip
        for thing in list(things):
            things.remove(thing)


def add_part(part: Part, material: bpy.types.Material, smooth_levels: int = 0) -> Any:
    """Make an object of a part's faces, dropping the vertices they do not use."""
    faces = [part.mesh.faces[i] for i in part.faces]
    used = sorted({v for face in faces for v in face})
    new = {old: i for i, old in enumerate(used)}
    mesh = bpy.data.meshes.new(part.name)
    mesh.from_pydata(to_blender(part.vertices[used]).tolist(), [], [[new[v] for v in face] for face in faces])
    corners = [uv for i in part.faces for uv in part.mesh.face_uvs[i]]
    layer = mesh.uv_layers.new(name="uv")
    layer.data.foreach_set("uv", part.mesh.uvs[corners].astype(np.float32).ravel())
    mesh.polygons.foreach_set("use_smooth", np.ones(len(faces), bool))
    mesh.materials.append(material)
    thing = bpy.data.objects.new(part.name, mesh)
    bpy.context.scene.collection.objects.link(thing)
    if smooth_levels:
        modifier = thing.modifiers.new("smooth", "SUBSURF")
        modifier.levels = modifier.render_levels = smooth_levels
    return thing


def materials_for(library: Library, who: Identity, recipe: Recipe) -> dict[str, bpy.types.Material]:
    """A material for each part of a body."""
    brow_colour = tuple(0.75 * c for c in who.hair_colour)
    return {
        "skin": materials.skin(library.picture("skin", who.skin), who.skin_tint),
        "hair": materials.strands(library.picture("hair", who.hair), who.hair_colour, 0.12),
        "brows": materials.strands(library.picture("brows", who.brows), brow_colour, 0.1),
        "lashes": materials.strands(library.picture("lashes", who.lashes), (0.01, 0.008, 0.007), 0.1),
        "eyes": materials.eyes(library.picture("eyes", who.eyes)),
        "teeth": materials.teeth(library.picture("teeth", "teeth_base")),
        "clothes": materials.cloth(
            library.picture("clothes", recipe.clothes), recipe.cloth_colour, recipe.cloth_stripes
        ),
    }


def add_body(library: Library, who: Identity, body: Body, recipe: Recipe) -> None:
    """Add all parts of a person."""
    looks = materials_for(library, who, recipe)
    for part in body.parts:
        look = looks.get(part.name) or plain_look(part.name, recipe)
        add_part(part, look, 1 if part.name in ("skin", "clothes", "cap", "beanie") else 0)


def plain_look(name: str, recipe: Recipe) -> bpy.types.Material:
    """The material of a thing from wear.py."""
    if name == "lens":
        return materials.lens()
    if name == "frame":
        return materials.plain(FRAME_COLOURS[recipe.seed % len(FRAME_COLOURS)], 0.3)
    return materials.plain(CAP_COLOURS[recipe.seed % len(CAP_COLOURS)], 0.9)


def place_camera(outline: np.ndarray, recipe: Recipe) -> Any:
    """Aim a camera so that the outline fills its share of the frame and lies wholly in it.

    Args:
        outline: points in metres, Blender's axes, shape (n, 3).
    """
    camera = bpy.data.cameras.new("camera")
    camera.lens, camera.sensor_width, camera.clip_start = recipe.lens_mm, SENSOR_MM, 0.02
    thing = bpy.data.objects.new("camera", camera)
    bpy.context.scene.collection.objects.link(thing)
    bpy.context.scene.camera = thing
    centre = (outline.min(axis=0) + outline.max(axis=0)) / 2
    around, up = np.radians(recipe.camera_around_deg), np.radians(recipe.camera_up_deg)
    back = np.array([np.sin(around) * np.cos(up), -np.cos(around) * np.cos(up), np.sin(up)])
    right = np.array([np.cos(around), np.sin(around), 0.0])
    above = np.cross(back, right)
    rel = outline - centre
    x, y, z = rel @ right, rel @ above, rel @ back
    focal = recipe.lens_mm / SENSOR_MM
    distance = 1.0
    for _ in range(8):
        u, v = focal * x / (distance - z), focal * y / (distance - z)
        share = max(np.ptp(v), 0.8 * np.ptp(u))
        distance *= share / recipe.head_share
    u, v = focal * x / (distance - z), focal * y / (distance - z)
    margin = 0.03
    shift_x = np.clip(recipe.frame_x, margin - 0.5 - u.min(), 0.5 - margin - u.max())
    shift_y = np.clip(recipe.frame_y, margin - 0.5 - v.min(), 0.5 - margin - v.max())
    camera.shift_x, camera.shift_y = -float(shift_x), -float(shift_y)
    thing.location = centre + back * distance
    thing.rotation_euler = Vector(-back).to_track_quat("-Z", "Y").to_euler()
    return thing


def add_light(aim: np.ndarray, around_deg: float, up_deg: float, away_m: float, size_m: float, watts: float,
              colour: tuple[float, float, float]) -> None:  # fmt: skip
    """A square light that looks at `aim`; the camera does not see it, eyes do."""
    around, up = np.radians(around_deg), np.radians(up_deg)
    back = np.array([np.sin(around) * np.cos(up), -np.cos(around) * np.cos(up), np.sin(up)])
    light = bpy.data.lights.new("light", "AREA")
    light.size, light.energy, light.color = size_m, watts, colour
    thing = bpy.data.objects.new("light", light)
    thing.location = aim + back * away_m
    thing.rotation_euler = Vector(-back).to_track_quat("-Z", "Y").to_euler()
    thing.visible_camera = False
    bpy.context.scene.collection.objects.link(thing)


def add_lights(aim: np.ndarray, recipe: Recipe) -> None:
    """Key, fill, catchlight, sometimes a rim, and the surrounding light."""
    camera = recipe.camera_around_deg
    gain = 2.0**recipe.exposure_stops
    add_light(aim, camera + recipe.key_around_deg, recipe.key_up_deg, 1.6, recipe.key_size_m, 42 * gain,
              recipe.key_colour)  # fmt: skip
    side = -1 if recipe.key_around_deg > 0 else 1
    add_light(aim, camera + side * 50, 5, 2.0, 1.8, 50 * gain * recipe.fill_share, recipe.fill_colour)
    add_light(aim, camera + 14 * side, 22, 1.3, 0.11, 2.5 * gain, (1.0, 1.0, 1.0))
    if recipe.rim:
        add_light(aim, camera + 150 * side, 35, 1.4, 0.5, 30 * gain * recipe.rim, recipe.fill_colour)
    world = bpy.data.worlds.new("world")
    world.use_nodes = True
    ground = world.node_tree.nodes["Background"]
    ground.inputs[0].default_value = (*recipe.fill_colour, 1.0)
    ground.inputs[1].default_value = 0.5 * recipe.fill_share * gain
    bpy.context.scene.world = world


def render(path: Path, seed: int) -> None:
    """Render the scene to a PNG with alpha."""
    bpy.context.scene.cycles.seed = seed
    bpy.context.scene.render.filepath = str(path)
    bpy.ops.render.render(write_still=True)


def shoot(library: Library, people: list[tuple[Identity, Body, Recipe]], path: Path) -> None:
    """Draw one or more people as one photo; camera and light follow the first one's recipe."""
    clear()
    outlines, eyes = [], []
    for who, body, dressed in people:
        add_body(library, who, body, dressed)
        outlines.append(to_blender(body.outline))
        eyes.append(to_blender(body.eyes))
    recipe = people[0][2]
    place_camera(np.vstack(outlines), recipe)
    add_lights(np.vstack(eyes).mean(axis=0), recipe)
    render(path, recipe.seed)
