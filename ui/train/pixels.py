"""One face as the network sees it: so small that its points can be counted."""

from __future__ import annotations

import base64
import io

from PIL import Image

from core.data import arrays
from core.data.dataset import Dataset
from core.workspace import Workspace


def address(workspace: Workspace, dataset: Dataset, side_px: int) -> str:
    """Return a practice face at the size the network gets it, as a data address; "" where its photo is gone."""
    seen_rgb = arrays.one_face(dataset, workspace, side_px)
    if seen_rgb is None:
        return ""
    data = io.BytesIO()
    # Without loss: every point the network sees is a point of the picture.
    Image.fromarray(seen_rgb).save(data, "PNG")
    return "data:image/png;base64," + base64.b64encode(data.getvalue()).decode("ascii")
