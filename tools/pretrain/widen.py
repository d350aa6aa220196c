"""Make a plain net several times as wide without changing what it computes: a wide one begins where a narrow one ended.

Each filter is there several times; what comes next takes a drawn share of each copy, and the shares sum up to one.
Because the shares differ, the copies get different gradients and learn different things.

Source: Chen, Goodfellow & Shlens, "Net2Net: Accelerating Learning via Knowledge Transfer", ICLR 2016.
"""

from __future__ import annotations

import numpy as np
from layout import CONVOLUTIONS


def widen(plain: dict[str, list[np.ndarray]], times: int, seed: int) -> dict[str, list[np.ndarray]]:
    """Return kernels and biases of a net with `times` as many filters in every convolution.

    Args:
        plain: by layer, kernel, float, shape (3, 3, in, out), and bias, shape (out,), of every convolution in a row.
        times: 1 changes nothing.
        seed: of the shares.

    Returns:
        The same, float32. Filter i of the wide net is a copy of filter i % out of the narrow one.
    """
    rng = np.random.default_rng(seed)
    wide: dict[str, list[np.ndarray]] = {}
    for name in CONVOLUTIONS:
        kernel, bias = (array.astype(np.float32) for array in plain[name])
        kernel = np.tile(kernel, (1, 1, 1, times))
        if wide:
            shares = rng.dirichlet(np.ones(times), kernel.shape[2:]).astype(np.float32)
            kernel = np.concatenate([kernel * shares[..., copy] for copy in range(times)], axis=2)
        wide[name] = [kernel, np.tile(bias, times)]
    return wide
