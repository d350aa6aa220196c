"""Strong augmentation of a whole batch at a time, on the device where it lies, everything drawn from one generator."""

from __future__ import annotations

import math
from dataclasses import dataclass

import torch
from torch.nn import functional

GREY = (0.299, 0.587, 0.114)


@dataclass(frozen=True)
class Draw:
    """Random numbers for n faces.

    Attributes:
        generator: seeded; lies on the device of the faces.
        n: faces in the batch.
        hard: how much further than usual faces are moved, shrunk and darkened; 1 is as usual.
    """

    generator: torch.Generator
    n: int
    hard: float = 1.0

    def uniform(self, low: float, high: float, *shape: int) -> torch.Tensor:
        """Draw float32, shape (n, *shape)."""
        device = self.generator.device
        return low + (high - low) * torch.rand((self.n, *shape), generator=self.generator, device=device)

    def one(self, low: float, high: float) -> float:
        """Draw one number for the whole batch, on the host: reading it back from a GPU would make that wait."""
        host = torch.Generator().manual_seed(self.generator.initial_seed())
        return low + (high - low) * float(torch.rand(1, generator=host))

    def chance(self, probability: float, *shape: int) -> torch.Tensor:
        """Draw 0.0 or 1.0, shape (n, *shape)."""
        return (self.uniform(0, 1, *shape) < probability).float()


def move(faces: torch.Tensor, size_px: int, draw: Draw) -> torch.Tensor:
    """Zoom, stretch, turn, shift and flip in one resampling to (n, 3, size_px, size_px); the border is replicated."""
    zoom = torch.exp(draw.uniform(-0.20 * draw.hard, 0.22))
    stretch = torch.exp(draw.uniform(-0.06, 0.06) * draw.hard)
    angle = draw.uniform(-1, 1) * draw.uniform(0, 1) * math.radians(25) * draw.hard
    flip = 1 - 2 * draw.chance(0.5)
    cos, sin = torch.cos(angle), torch.sin(angle)
    shift = draw.uniform(-0.14, 0.14, 2) * draw.hard  # in halves of the side, as grids count
    rows = (
        torch.stack([flip * cos / (zoom * stretch), -sin / (zoom * stretch), shift[:, 0]], dim=1),
        torch.stack([flip * sin * stretch / zoom, cos * stretch / zoom, shift[:, 1]], dim=1),
    )
    grid = functional.affine_grid(torch.stack(rows, dim=1), [draw.n, 3, size_px, size_px], align_corners=False)
    return functional.grid_sample(faces, grid, mode="bilinear", padding_mode="border", align_corners=False)


def lose_detail(faces: torch.Tensor, size_px: int, draw: Draw) -> torch.Tensor:
    """Shrink and enlarge the first quarter of the batch (batches are shuffled); blur or sharpen each a little."""
    few = round(draw.n * min(draw.hard / 4, 0.5))
    small_px = round(size_px * draw.one(0.3 / draw.hard, 0.75))
    shrunk = functional.interpolate(faces[:few], size=(small_px, small_px), mode="bilinear")
    enlarged = functional.interpolate(shrunk, size=(size_px, size_px), mode="bilinear")
    faces = torch.cat([enlarged, faces[few:]])
    blurred = faces
    for side, pad in ((3, (1, 1, 1, 1)), (2, (0, 1, 0, 1))):
        blurred = functional.avg_pool2d(functional.pad(blurred, pad, mode="replicate"), side, 1)
    strength = torch.where(draw.uniform(0, 1) < 0.35, draw.uniform(0, 1), draw.uniform(-0.35, 0.15))
    return faces + strength[:, None, None, None] * (blurred - faces)


def light(faces: torch.Tensor, size_px: int, draw: Draw) -> torch.Tensor:
    """Change exposure, contrast, colour of light, saturation (some go grey), and light from one side."""
    pixel = torch.linspace(-1, 1, size_px, device=faces.device)
    side = draw.uniform(-0.45, 0.45, 2)
    slope = side[:, 0, None, None] * pixel[None, None, :] + side[:, 1, None, None] * pixel[None, :, None]
    colour = draw.uniform(-0.35 * draw.hard, 0.3, 1, 1, 1) + draw.uniform(-0.13, 0.13, 3, 1, 1)
    mean = faces.mean(dim=(1, 2, 3), keepdim=True)
    contrast = torch.exp(draw.uniform(-0.45 * draw.hard, 0.3, 1, 1, 1))
    faces = ((faces - mean) * contrast + mean) * torch.exp(colour) * (1 + slope[:, None])
    grey = (faces * torch.tensor(GREY, device=faces.device)[:, None, None]).sum(dim=1, keepdim=True)
    saturation = draw.uniform(0.4, 1.5, 1, 1, 1) * (1 - draw.chance(0.15, 1, 1, 1))
    return grey + saturation * (faces - grey)


def occlude(faces: torch.Tensor, size_px: int, draw: Draw) -> torch.Tensor:
    """Lay a rectangle of one colour over part of four faces in ten."""
    pixel = (torch.arange(size_px, device=faces.device) + 0.5) / size_px
    half = draw.uniform(0.06, 0.22, 2)
    centre = draw.uniform(0, 1, 2)
    inside = ((pixel - centre[:, :, None]).abs() < half[:, :, None]).float()
    mask = inside[:, None, 0, :, None] * inside[:, None, 1, None, :] * draw.chance(0.4, 1, 1, 1)
    return faces + mask * (draw.uniform(0, 255, 3, 1, 1) - faces)


def augment(faces_rgb: torch.Tensor, size_px: int, generator: torch.Generator, hard: float = 1.0) -> torch.Tensor:
    """Make a new view of every face of a batch.

    Args:
        faces_rgb: float32, shape (n, 3, from_px, from_px), RGB, 0-255; from_px a quarter above size_px is enough for
            every zoom. Not changed.
        size_px: side of the result.
        generator: where all random numbers come from; on the device of the faces, seeded for this batch.
        hard: how much further than usual faces are misaligned, turned, shrunk and darkened; 1 is as usual.

    Returns:
        float32, shape (n, 3, size_px, size_px), RGB, 0-255.
    """
    draw = Draw(generator, len(faces_rgb), hard)
    faces = move(faces_rgb, size_px, draw)
    faces = lose_detail(faces, size_px, draw)
    faces = light(faces, size_px, draw)
    return occlude(faces, size_px, draw).clamp(0, 255)
