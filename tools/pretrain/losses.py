"""What the student is asked for: the teacher's direction of each face, and the teacher's likenesses within a batch."""

from __future__ import annotations

import torch
from torch.nn import functional

LEAST_DEVIATION = 1e-3  # of a feature, so that one that is always 0 stays 0
TEMPERATURE = 0.1  # likenesses of strangers spread by about 0.15, so that a handful of a batch counts as neighbours


def direction_loss(embedding: torch.Tensor, targets: torch.Tensor) -> torch.Tensor:
    """Return 1 minus the mean cosine, a scalar; both of shape (n, 128) and of length 1 each."""
    return 1 - (embedding * targets).sum(dim=1).mean()


def likeness_loss(embedding: torch.Tensor, targets: torch.Tensor) -> torch.Tensor:
    """Return the mean squared difference between the student's and the teacher's likenesses within the batch."""
    return (embedding @ embedding.T - targets @ targets.T).square().mean()


def features_loss(pooled: torch.Tensor, targets: torch.Tensor) -> torch.Tensor:
    """Return the likeness loss of the pooled features themselves, seen from the batch's mean, a scalar.

    The lab uses the convolutions without the embedding: what the teacher finds alike shall be alike there already. The
    mean of two: features as they are, and each scaled by its deviation, as a logistic regression takes them.

    Args:
        pooled: shape (n, channels).
        targets: shape (n, 128), of length 1 each.
    """
    centred = pooled - pooled.mean(dim=0)
    scaled = centred / (centred.std(dim=0) + LEAST_DEVIATION)
    return sum(likeness_loss(functional.normalize(each, dim=1), targets) for each in (centred, scaled)) / 2


def neighbour_loss(embedding: torch.Tensor, targets: torch.Tensor) -> torch.Tensor:
    """Return how far the student is from saying which other faces of the batch each face is most like.

    Each face's likenesses to the others become probabilities (softmax, TEMPERATURE); the loss is the mean
    Kullback-Leibler divergence of the student's from the teacher's. What is near counts, what is far does not.

    Source: Fang et al., "SEED: Self-supervised Distillation for Visual Representation", ICLR 2021, within a batch.
    """
    itself = torch.eye(len(targets), dtype=torch.bool, device=targets.device)
    student, teacher = (
        functional.log_softmax((rows @ rows.T / TEMPERATURE).masked_fill(itself, -1e4), dim=1)
        for rows in (embedding, targets)
    )
    return functional.kl_div(student, teacher, reduction="batchmean", log_target=True)
