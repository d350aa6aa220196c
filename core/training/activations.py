"""The activations of each block of a network for one face: its strongest channel, drawn as a small picture."""

from __future__ import annotations

import cv2
import keras
import numpy as np
from PIL import Image

from core import disk
from core.config import TrainConfig
from core.data import arrays
from core.data.versions import load_dataset
from core.errors import DatasetError
from core.experiments.activation_files import activation_paths
from core.jobfolder import JobFolder
from core.models import build
from core.models.architectures import architecture
from core.models.classifier import build_classifier
from core.models.weights import require_weights
from core.workspace import Workspace

PICTURE_PX = 64


def explain(job: JobFolder, workspace: Workspace) -> None:
    """Make the pictures that `core.experiments.activation_files` finds.

    Request: `dataset_id`, `version`, `backbone`, `image_size_px`. The network has its published weights.
    Result: `dataset_id`, `version`.
    """
    request = job.request()
    dataset = load_dataset(workspace, request["dataset_id"], request["version"])
    face_rgb = arrays.one_face(dataset, workspace, request["image_size_px"])
    if face_rgb is None:
        raise DatasetError(f'The first photo of "{dataset.name}" is no longer there; bring the photos again.')
    paths = activation_paths(workspace, dataset, request["backbone"], request["image_size_px"])
    for path, maps in zip(paths, block_maps(face_rgb, request["backbone"], workspace), strict=True):
        try:
            with disk.replacing(path, make_folder=False) as beside:
                Image.fromarray(draw_map(strongest_channel(maps))).save(beside, "PNG")
        except FileNotFoundError:
            return  # The photo was deleted meanwhile; nothing of it may be written again.
    job.write_result({"dataset_id": dataset.id, "version": dataset.version})


def block_maps(face_rgb: np.ndarray, backbone: str, workspace: Workspace) -> list[np.ndarray]:
    """Return the output of each block, float32, shape (height, width, channels), from the input side.

    Args:
        face_rgb: uint8, shape (size_px, size_px, 3), RGB.

    Raises:
        WeightsError: the network's weights are not there.
    """
    config = TrainConfig(backbone=backbone, image_size_px=face_rgb.shape[0])
    # All frozen: the prefix is the whole backbone.
    network = build_classifier(config, 2, require_weights(backbone, workspace), precision="float32").prefix
    inputs = build.unit_inputs(network, backbone)
    ends = [inputs[end] for end in architecture(backbone).freeze_boundaries()[1:]]
    outputs = keras.Model(network.input, ends).predict_on_batch(face_rgb[None].astype(np.float32))
    return [np.asarray(output[0], np.float32) for output in outputs]


def strongest_channel(maps: np.ndarray) -> np.ndarray:
    """Return the channel that varies most over the face; a constant one shows nothing."""
    return np.asarray(maps[..., maps.std(axis=(0, 1)).argmax()])


def draw_map(channel: np.ndarray) -> np.ndarray:
    """Draw one channel, dark for low and bright for high: uint8, shape (PICTURE_PX, PICTURE_PX, 3), RGB."""
    low, high = float(channel.min()), float(channel.max())
    grey = np.round(255 * (channel - low) / max(high - low, 1e-9)).astype(np.uint8)
    enlarged = cv2.resize(grey, (PICTURE_PX, PICTURE_PX), interpolation=cv2.INTER_NEAREST)
    return np.asarray(cv2.applyColorMap(enlarged, cv2.COLORMAP_VIRIDIS)[..., ::-1])
