"""The net that learns, in PyTorch: a narrow VGG16 with BatchNorm, its running average, and one training step.

Its arrays are written in Keras's layout and under the layer names of net.py, so that fold.py and evaluate.py read them.
"""

from __future__ import annotations

import copy
import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import h5py
import numpy as np
import torch
from layout import CONVOLUTIONS, EMBEDDING, EPSILON, MEAN_BGR, POOLED, filters
from losses import direction_loss, features_loss, likeness_loss, neighbour_loss
from torch import nn
from torch.nn import functional
from widen import widen

if TYPE_CHECKING:
    from pathlib import Path

RIDGE = 1e-2  # of the embedding that a net from a file starts with, relative to the features' mean square


class Net(nn.Module):
    """From RGB, 0-255, shape (n, 3, size_px, size_px), to pooled features and an embedding of length 1."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.width = width
        channels = [3, *filters(width)]
        pairs = list(zip(CONVOLUTIONS, channels[:-1], channels[1:], strict=True))
        self.conv = nn.ModuleDict({name: nn.Conv2d(a, b, 3, padding=1, bias=False) for name, a, b in pairs})
        # Keras's momentum 0.99 is PyTorch's 0.01.
        self.norm = nn.ModuleDict({name: nn.BatchNorm2d(b, eps=EPSILON, momentum=0.01) for name, _, b in pairs})
        self.embedding = nn.Linear(channels[-1], EMBEDDING)
        self.register_buffer("mean_bgr", torch.tensor(MEAN_BGR)[:, None, None], persistent=False)
        for layer in self.conv.values():
            nn.init.kaiming_normal_(layer.weight, nonlinearity="relu")

    def preprocess(self, faces_rgb: torch.Tensor) -> torch.Tensor:
        """Bring RGB to BGR minus VGG-Face's mean."""
        return (faces_rgb.flip(1) - self.mean_bgr).contiguous(memory_format=torch.channels_last)

    def pooled(self, faces_rgb: torch.Tensor) -> torch.Tensor:
        """Return the mean of pool5's maps, float32, shape (n, channels)."""
        x = self.preprocess(faces_rgb)
        for name in CONVOLUTIONS:
            x = functional.relu(self.norm[name](self.conv[name](x)))
            if name in POOLED:
                x = functional.max_pool2d(x, 2)
        return x.float().mean(dim=(2, 3))

    def forward(self, faces_rgb: torch.Tensor) -> torch.Tensor:
        """Return the embedding, float32, shape (n, 128), of length 1 each."""
        return self.embed(self.pooled(faces_rgb))

    def embed(self, pooled: torch.Tensor) -> torch.Tensor:
        """Return the embedding of pooled features, shape (n, channels), in float32."""
        with torch.autocast(pooled.device.type, enabled=False):
            return functional.normalize(self.embedding(pooled), dim=1)

    @torch.no_grad()
    def arrays(self) -> dict[str, np.ndarray]:
        """Return every weight, float32, by name; kernels (height, width, in, out) and (in, out)."""
        found = {}
        for name in CONVOLUTIONS:
            norm, of_norm = self.norm[name], name.replace("conv", "bn")
            found[f"{name}/kernel"] = self.conv[name].weight.permute(2, 3, 1, 0)
            found |= {f"{of_norm}/gamma": norm.weight, f"{of_norm}/beta": norm.bias}
            found |= {f"{of_norm}/moving_mean": norm.running_mean, f"{of_norm}/moving_variance": norm.running_var}
        found |= {"embedding/kernel": self.embedding.weight.T, "embedding/bias": self.embedding.bias}
        return {name: np.ascontiguousarray(array.float().cpu().numpy()) for name, array in found.items()}

    @torch.no_grad()
    def set_arrays(self, arrays: dict[str, np.ndarray]) -> None:
        """Take the weights that `arrays` returned."""
        for name in CONVOLUTIONS:
            norm, of_norm = self.norm[name], name.replace("conv", "bn")
            self.conv[name].weight.copy_(torch.from_numpy(arrays[f"{name}/kernel"]).permute(3, 2, 0, 1))
            norm.weight.copy_(torch.from_numpy(arrays[f"{of_norm}/gamma"]))
            norm.bias.copy_(torch.from_numpy(arrays[f"{of_norm}/beta"]))
            norm.running_mean.copy_(torch.from_numpy(arrays[f"{of_norm}/moving_mean"]))
            norm.running_var.copy_(torch.from_numpy(arrays[f"{of_norm}/moving_variance"]))
        self.embedding.weight.copy_(torch.from_numpy(arrays["embedding/kernel"]).T)
        self.embedding.bias.copy_(torch.from_numpy(arrays["embedding/bias"]))

    @torch.no_grad()
    def start_from_shipped(self, path: Path, faces_rgb: torch.Tensor, targets: torch.Tensor, seed: int = 0) -> None:
        """Take the weights of a plain .h5, with BatchNorms that change nothing yet; the embedding is made anew.

        A net that is several times as wide as the file begins with the same features, each as often (widen.py).

        Kernels get the length they would have had at the start, since under BatchNorm only the length decides how far
        a step goes. The embedding in the file was turned, so the one wanted is found by ridge regression.

        Args:
            path: as fold.py writes it, of this net's width or narrower.
            faces_rgb: float32, shape (n, 3, size_px, size_px), faces the BatchNorms' numbers are taken from.
            targets: float32, shape (n, 128), what the teacher says of them.
            seed: of what widening draws.
        """
        with h5py.File(path) as file:
            plain = {name: [file[name][f"{name}/{part}:0"][:] for part in ("kernel", "bias")] for name in CONVOLUTIONS}
        plain = widen(plain, self.width // plain["conv1_1"][0].shape[-1], seed)
        x = self.preprocess(faces_rgb)
        for name, (kernel, bias) in plain.items():
            weight = torch.from_numpy(kernel).permute(3, 2, 0, 1).to(x.device)
            longer = math.sqrt(2) / weight.flatten(1).norm(dim=1).clamp_min(1e-6)
            self.conv[name].weight.copy_(weight * longer[:, None, None, None])
            x = self.conv[name](x)
            mean, variance = x.mean(dim=(0, 2, 3)), x.var(dim=(0, 2, 3))
            norm = self.norm[name]
            norm.running_mean.copy_(mean)
            norm.running_var.copy_(variance)
            norm.weight.copy_((variance + EPSILON).sqrt() / longer)
            norm.bias.copy_(torch.from_numpy(bias).to(x.device) + mean / longer)
            x = functional.relu(functional.batch_norm(x, mean, variance, norm.weight, norm.bias, eps=EPSILON))
            x = functional.max_pool2d(x, 2) if name in POOLED else x
        self.fit_embedding(x.mean(dim=(2, 3)), targets)

    @torch.no_grad()
    def fit_embedding(self, pooled: torch.Tensor, targets: torch.Tensor) -> None:
        """Put ridge regression from features, shape (n, channels), to targets, shape (n, 128), into the embedding."""
        x, y = pooled.double(), targets.double()
        mean_x, mean_y = x.mean(dim=0), y.mean(dim=0)
        x = x - mean_x
        square = x.T @ x
        square += RIDGE * square.diagonal().mean() * torch.eye(len(square), dtype=square.dtype, device=x.device)
        kernel = torch.linalg.solve(square, x.T @ (y - mean_y))
        self.embedding.weight.copy_(kernel.T)
        self.embedding.bias.copy_(mean_y - mean_x @ kernel)


@dataclass(frozen=True)
class Wanted:
    """How much each loss counts, and how much a guide beside the teacher."""

    likeness: float = 2.0
    neighbours: float = 0.0
    guide: float = 0.0
    features: float = 0.0


class Student:
    """A net, its running average, its optimizer, and one training step."""

    def __init__(self, width: int, wanted: Wanted, weight_decay: float, average_decay: float, device: str) -> None:
        self.net = Net(width).to(device, memory_format=torch.channels_last)
        self.average = copy.deepcopy(self.net).eval().requires_grad_(False)
        self.optimizer = torch.optim.AdamW(self.net.parameters(), lr=2e-3, weight_decay=weight_decay)
        self.wanted, self.average_decay, self.device = wanted, average_decay, device
        self.guide: Net | None = None

    def step(self, faces_rgb: torch.Tensor, targets: torch.Tensor, rate: float, steps_done: int) -> torch.Tensor:
        """Learn from one batch; return loss and cosine, shape (2,), on the device."""
        for group in self.optimizer.param_groups:
            group["lr"] = rate
        with torch.autocast(self.device, torch.bfloat16):
            pooled = self.net.train().pooled(faces_rgb)
        embedding = self.net.embed(pooled)
        targets = self._guided(faces_rgb, targets)
        direction = direction_loss(embedding, targets)
        loss = direction + self.wanted.likeness * likeness_loss(embedding, targets)
        if self.wanted.neighbours:
            loss = loss + self.wanted.neighbours * neighbour_loss(embedding, targets)
        if self.wanted.features:
            loss = loss + self.wanted.features * features_loss(pooled, targets)
        self.optimizer.zero_grad(set_to_none=True)
        loss.backward()
        self.optimizer.step()
        self._average(min(self.average_decay, (1 + steps_done) / (10 + steps_done)))  # a young one forgets faster
        return torch.stack([loss.detach(), 1 - direction.detach()])

    @torch.no_grad()
    def _guided(self, faces_rgb: torch.Tensor, targets: torch.Tensor) -> torch.Tensor:
        if self.guide is None or not self.wanted.guide:
            return targets
        with torch.autocast(self.device, torch.bfloat16):
            seen = self.guide(faces_rgb)
        return functional.normalize(torch.lerp(targets, seen, self.wanted.guide), dim=1)

    @torch.no_grad()
    def _average(self, decay: float) -> None:
        values = self.net.state_dict()
        for name, mean in self.average.state_dict().items():
            if mean.is_floating_point():
                mean.lerp_(values[name], 1 - decay)

    @torch.no_grad()
    def embed(self, faces_rgb: np.ndarray) -> np.ndarray:
        """Return the running average's embeddings of uint8 crops, shape (n, size_px, size_px, 3), as they are."""
        parts = []
        for start in range(0, len(faces_rgb), 128):
            batch = torch.from_numpy(faces_rgb[start : start + 128]).to(self.device)
            with torch.autocast(self.device, torch.bfloat16):
                parts.append(self.average(batch.permute(0, 3, 1, 2).float()).cpu().numpy())
        return np.concatenate(parts)

    def arrays(self) -> dict[str, np.ndarray]:
        """Return everything a resumed run needs, by name."""
        found = {f"average/{name}": array for name, array in self.average.arrays().items()}
        found |= {f"net/{name}": array for name, array in self.net.arrays().items()}
        for index, state in self.optimizer.state_dict()["state"].items():
            found |= {f"optimizer/{index}/{name}": value.cpu().numpy() for name, value in state.items()}
        return found

    def set_arrays(self, arrays: dict[str, np.ndarray]) -> None:
        """Go on from what `arrays` returned."""
        for part, net in (("average", self.average), ("net", self.net)):
            net.set_arrays({name.removeprefix(f"{part}/"): value for name, value in arrays.items()})
        state: dict[int, dict[str, torch.Tensor]] = {}
        for name, value in arrays.items():
            if name.startswith("optimizer/"):
                _, index, key = name.split("/")
                state.setdefault(int(index), {})[key] = torch.from_numpy(value)
        self.optimizer.load_state_dict({**self.optimizer.state_dict(), "state": state})
