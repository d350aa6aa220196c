"""Cycles materials for skin, hair, eyes, teeth and cloth."""

from pathlib import Path
from typing import Any

import bpy
import numpy as np

from tools.people.identity import Colour


class Nodes:
    """A material's node tree with the few verbs used here."""

    def __init__(self, name: str) -> None:
        """Start from an empty material."""
        self.material = bpy.data.materials.new(name)
        self.material.use_nodes = True
        self.tree = self.material.node_tree
        self.tree.nodes.clear()
        self.output = self.tree.nodes.new("ShaderNodeOutputMaterial")

    def add(self, kind: str, inputs: dict[str | int, Any] | None = None, **settings: Any) -> Any:
        """Add a node; an input that is a socket is linked, anything else is its value."""
        node = self.tree.nodes.new(f"ShaderNode{kind}")
        for key, value in settings.items():
            setattr(node, key, value)
        for key, value in (inputs or {}).items():
            if isinstance(value, bpy.types.NodeSocket):
                self.tree.links.new(value, node.inputs[key])
            else:
                node.inputs[key].default_value = value
        return node

    def picture(self, path: Path, non_colour: bool = False) -> Any:
        """An image texture node."""
        image = bpy.data.images.load(str(path), check_existing=True)
        if non_colour:
            image.colorspace_settings.name = "Non-Color"
        return self.add("TexImage", image=image)

    def tinted(self, picture: Any, colour: Colour, gain: float) -> Any:
        """The picture's brightness times a colour; gives a colour socket."""
        grey = self.add("RGBToBW", {0: picture.outputs["Color"]})
        scaled = self.add("Math", {0: grey.outputs[0], 1: gain}, operation="MULTIPLY")
        return self.add("VectorMath", {0: scaled.outputs[0], 1: colour}, operation="MULTIPLY").outputs[0]

    def finish(self, shader: Any) -> bpy.types.Material:
        """Set the surface."""
        self.tree.links.new(shader, self.output.inputs["Surface"])
        return self.material


def brightness(path: Path) -> float:
    """Mean linear brightness of a picture's opaque part."""
    image = bpy.data.images.load(str(path), check_existing=True)
    pixels = np.empty(len(image.pixels), np.float32)
    image.pixels.foreach_get(pixels)
    pixels = pixels.reshape(-1, image.channels)
    opaque = pixels[pixels[:, 3] > 0.5] if image.channels == 4 else pixels
    linear = np.where(opaque[:, :3] <= 0.04045, opaque[:, :3] / 12.92, ((opaque[:, :3] + 0.055) / 1.055) ** 2.4)
    return float(max(linear @ np.array([0.2126, 0.7152, 0.0722]) @ np.full(len(opaque), 1 / len(opaque)), 1e-3))


def skin(path: Path, tint: Colour) -> bpy.types.Material:
    """Skin with light subsurface scattering and a faint, uneven sheen."""
    nodes = Nodes("skin")
    picture = nodes.picture(path)
    colour = nodes.add("VectorMath", {0: picture.outputs["Color"], 1: tint}, operation="MULTIPLY").outputs[0]
    rich = nodes.add("HueSaturation", {"Saturation": 1.02, "Value": 0.82, "Color": colour})
    pores = nodes.add("TexNoise", {"Scale": 900.0, "Detail": 2.0})
    bump = nodes.add("Bump", {"Height": pores.outputs[0], "Strength": 0.06, "Distance": 0.001})
    principled = nodes.add(
        "BsdfPrincipled",
        {
            "Base Color": rich.outputs[0], "Roughness": 0.52, "Specular IOR Level": 0.36, "Subsurface Weight": 0.22,
            "Subsurface Radius": (1.0, 0.35, 0.18), "Subsurface Scale": 0.006, "Normal": bump.outputs[0],
        },
    )  # fmt: skip
    return nodes.finish(principled.outputs[0])


def strands(path: Path, colour: Colour, shine: float, contrast: float = 1.0) -> bpy.types.Material:
    """Hair, brows or lashes: cards cut out by the picture's alpha, its brightness tinted."""
    nodes = Nodes("strands")
    picture = nodes.picture(path)
    tint = nodes.tinted(picture, colour, contrast / brightness(path) * 0.6)
    capped = nodes.add("VectorMath", {0: tint, 1: tuple(min(1.0, 3.5 * c) for c in colour)}, operation="MINIMUM")
    principled = nodes.add(
        "BsdfPrincipled",
        {
            "Base Color": capped.outputs[0], "Roughness": 0.6, "Specular IOR Level": shine,
            "Alpha": picture.outputs["Alpha"],
        },
    )  # fmt: skip
    return nodes.finish(principled.outputs[0])


def eyes(path: Path) -> bpy.types.Material:
    """Eyeballs under a clear, wet cornea that mirrors the lights."""
    nodes = Nodes("eyes")
    picture = nodes.picture(path)
    calm = nodes.add("HueSaturation", {"Hue": 0.52, "Saturation": 0.72, "Color": picture.outputs["Color"]})
    bright = nodes.add("VectorMath", {0: calm.outputs[0], 1: (1.35, 1.35, 1.35)}, operation="MULTIPLY")
    ball = nodes.add(
        "BsdfPrincipled",
        {"Base Color": bright.outputs[0], "Roughness": 0.25, "Specular IOR Level": 0.3, "Coat Weight": 0.0,
         "Coat Roughness": 0.03},
    )  # fmt: skip
    clear = nodes.add("BsdfTransparent")
    mirror = nodes.add("BsdfGlossy", {"Roughness": 0.02})
    cornea = nodes.add("MixShader", {0: 0.025, 1: clear.outputs[0], 2: mirror.outputs[0]})
    mixed = nodes.add("MixShader", {0: picture.outputs["Alpha"], 1: cornea.outputs[0], 2: ball.outputs[0]})
    return nodes.finish(mixed.outputs[0])


def teeth(path: Path) -> bpy.types.Material:
    """Teeth and gums, slightly darkened as inside a mouth."""
    nodes = Nodes("teeth")
    colour = nodes.add("VectorMath", {0: nodes.picture(path).outputs["Color"], 1: (0.8,) * 3}, operation="MULTIPLY")
    return nodes.finish(nodes.add("BsdfPrincipled", {"Base Color": colour.outputs[0], "Roughness": 0.3}).outputs[0])


def cloth(path: Path, colour: Colour, stripes: float) -> bpy.types.Material:
    """Cloth: the picture's folds and seams in another colour, sometimes with stripes across."""
    nodes = Nodes("cloth")
    picture = nodes.picture(path)
    gain = 1.0 / max(brightness(path), 0.02)
    grey = nodes.add("RGBToBW", {0: picture.outputs["Color"]})
    scaled = nodes.add("Math", {0: grey.outputs[0], 1: gain}, operation="MULTIPLY")
    folds = nodes.add("Clamp", {"Value": scaled.outputs[0], "Min": 0.25, "Max": 1.5})
    base: Any = colour
    if stripes:
        place = nodes.add("TexCoord").outputs["Object"]
        wave = nodes.add("TexWave", {"Vector": place, "Scale": stripes}, bands_direction="Z")
        edge = nodes.add("Math", {0: wave.outputs["Fac"], 1: 0.62}, operation="GREATER_THAN")
        pale = tuple(0.55 * c + 0.4 for c in colour)
        mix = nodes.add("MixRGB", {0: edge.outputs[0], 1: (*colour, 1.0), 2: (*pale, 1.0)})
        base = mix.outputs[0]
    tint = nodes.add("VectorMath", {0: folds.outputs[0], 1: base}, operation="MULTIPLY")
    principled = nodes.add("BsdfPrincipled", {"Base Color": tint.outputs[0], "Roughness": 0.85,
                                              "Specular IOR Level": 0.15})  # fmt: skip
    return nodes.finish(principled.outputs[0])


def plain(colour: Colour, roughness: float) -> bpy.types.Material:
    """One colour."""
    nodes = Nodes("plain")
    return nodes.finish(nodes.add("BsdfPrincipled", {"Base Color": (*colour, 1.0), "Roughness": roughness}).outputs[0])


def lens() -> bpy.types.Material:
    """The lens of glasses: clear, with a faint mirror image."""
    nodes = Nodes("lens")
    clear, mirror = nodes.add("BsdfTransparent"), nodes.add("BsdfGlossy", {"Roughness": 0.03})
    return nodes.finish(nodes.add("MixShader", {0: 0.02, 1: clear.outputs[0], 2: mirror.outputs[0]}).outputs[0])
