"""Names and numbers of the student that the programs in Keras and in PyTorch share."""

from __future__ import annotations

VGG16 = (
    (2, 1),
    (2, 2),
    (3, 4),
    (3, 8),
    (3, 8),
)  # convolutions of a block, and its filters as a multiple of the first's
WIDTH = 16  # filters of the first block; VGG16 has 64
BLOCKS = tuple(enumerate(VGG16, 1))
CONVOLUTIONS = tuple(f"conv{block}_{n}" for block, (count, _) in BLOCKS for n in range(1, count + 1))
POOLED = tuple(f"conv{block}_{count}" for block, (count, _) in BLOCKS)  # a pooling follows
EMBEDDING = 128  # the teacher's descriptor
EPSILON = 1e-3  # of BatchNorm
MEAN_BGR = (93.5940, 104.7624, 129.1863)  # VGG-Face's, Parkhi et al., "Deep Face Recognition", BMVC 2015


def filters(width: int) -> list[int]:
    """Return the number of filters of every convolution, in order."""
    return [width * times for count, times in VGG16 for _ in range(count)]
