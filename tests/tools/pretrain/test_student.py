"""The parts in PyTorch, which the lab does not need: run in the pretraining environment (tools/pretrain/README.md)."""

from __future__ import annotations

import numpy as np
import pytest

torch = pytest.importorskip("torch")

WIDTH = 4


@pytest.fixture
def student(program):
    return program("student")


def make(student, **wanted):
    torch.manual_seed(0)
    return student.Student(WIDTH, student.Wanted(**wanted), 5e-4, 0.9, "cpu")


@pytest.fixture
def faces_rgb() -> np.ndarray:
    return np.random.default_rng(1).integers(0, 256, (6, 32, 32, 3), np.uint8)


@pytest.fixture
def batch(faces_rgb) -> torch.Tensor:
    return torch.from_numpy(faces_rgb).permute(0, 3, 1, 2).float()


@pytest.fixture
def targets(directions) -> torch.Tensor:
    return torch.from_numpy(directions[:6])


def test_steps_bring_the_student_nearer_to_the_teacher(student, batch, targets) -> None:
    learner = make(student, neighbours=0.3, features=0.5)
    losses = [learner.step(batch, targets, 2e-3, step)[0].item() for step in range(12)]
    assert losses[-1] < losses[0] - 0.1


def test_keras_folds_what_learned_here_into_the_same_net(student, program, batch, targets, faces_rgb, tmp_path) -> None:
    pytest.importorskip("keras")
    learner = make(student)
    for step in range(3):
        learner.step(batch, targets, 2e-3, step)
    np.savez(tmp_path / "checkpoint.npz", **learner.arrays())
    fold, net = program("fold"), program("net")
    plain = fold.fold(fold.load_average(tmp_path / "checkpoint.npz"))
    pooled, embedding = (np.asarray(part) for part in plain(net.preprocess_vggface(faces_rgb), training=False))
    with torch.no_grad():
        assert np.allclose(pooled, learner.average.pooled(batch).numpy(), atol=1e-4 * np.abs(pooled).max())
        assert np.allclose(embedding, learner.average(batch).numpy(), atol=1e-3)


@pytest.mark.parametrize("times", [1, 2])
def test_a_net_that_starts_from_a_file_computes_what_the_file_does(
    student, program, batch, targets, tmp_path, times
) -> None:
    fold = program("fold")
    learner = make(student)
    for step in range(3):
        learner.step(batch, targets, 2e-3, step)
    np.savez(tmp_path / "checkpoint.npz", **learner.arrays())
    fold.write_h5(fold.fold(fold.load_average(tmp_path / "checkpoint.npz")), tmp_path / "plain.h5")
    other = student.Net(times * WIDTH).eval()
    other.start_from_shipped(tmp_path / "plain.h5", batch, targets)
    with torch.no_grad():
        wanted, found = learner.average.pooled(batch).repeat(1, times), other.pooled(batch)
    assert torch.allclose(found, wanted, atol=5e-3 * wanted.abs().max().item())
    lengths = torch.cat([layer.weight.flatten(1).norm(dim=1) for layer in other.conv.values()])
    assert torch.allclose(lengths, torch.full_like(lengths, 2**0.5), atol=1e-3)


def test_a_resumed_student_goes_on_as_if_it_had_not_stopped(student, batch, targets) -> None:
    through, first, second = make(student), make(student), make(student)
    for step in range(4):
        through.step(batch, targets, 2e-3, step)
    for step in range(2):
        first.step(batch, targets, 2e-3, step)
    second.set_arrays(first.arrays())
    for step in range(2, 4):
        second.step(batch, targets, 2e-3, step)
    for name, array in through.arrays().items():
        assert np.allclose(array, second.arrays()[name], atol=1e-5), name


def test_a_guide_draws_the_targets_towards_itself(student, batch, targets) -> None:
    learner = make(student, guide=0.5)
    learner.guide = student.Net(2 * WIDTH).eval()
    with torch.no_grad():
        seen = learner.guide(batch)
    guided = learner._guided(batch, targets)
    assert torch.allclose(guided.norm(dim=1), torch.ones(6), atol=1e-5)
    assert ((guided * seen).sum(1) > (targets * seen).sum(1) + 0.1).all()
    learner.guide = None
    assert learner._guided(batch, targets) is targets


def test_the_embedding_is_fitted_to_what_is_wanted(student, directions) -> None:
    net = student.Net(16)
    pooled = torch.from_numpy(np.random.default_rng(0).normal(size=(300, 128)).astype(np.float32))
    kernel = torch.from_numpy(np.random.default_rng(1).normal(size=(128, 128)).astype(np.float32))
    net.fit_embedding(pooled, pooled @ kernel + 3)
    with torch.no_grad():
        assert torch.allclose(net.embedding(pooled), pooled @ kernel + 3, atol=2)
        assert (
            torch.corrcoef(torch.stack([net.embedding(pooled).flatten(), (pooled @ kernel + 3).flatten()]))[0, 1] > 0.99
        )


def test_losses_vanish_for_a_student_like_its_teacher_and_only_then(program, targets) -> None:
    losses = program("losses")
    for loss in (losses.direction_loss, losses.likeness_loss, losses.neighbour_loss):
        assert loss(targets, targets).item() == pytest.approx(0, abs=1e-5)
        assert loss(targets.flip(0), targets).item() > 0.001


def test_the_loss_on_neighbours_does_not_see_a_turned_space(program, targets) -> None:
    losses = program("losses")
    turn = torch.linalg.qr(torch.from_numpy(np.random.default_rng(0).normal(size=(128, 128)).astype(np.float32)))[0]
    assert losses.neighbour_loss(targets @ turn, targets).item() == pytest.approx(0, abs=1e-4)
    assert losses.direction_loss(targets @ turn, targets).item() > 0.5


def test_views_are_drawn_from_their_seed_and_leave_the_faces_alone(program, batch) -> None:
    augment = program("augment").augment
    before = batch.clone()
    one, same, other = (augment(batch, 24, torch.Generator().manual_seed(seed)) for seed in (1, 1, 2))
    assert one.shape == (6, 3, 24, 24)
    assert torch.equal(one, same)
    assert not torch.allclose(one, other)
    assert torch.equal(batch, before)
    assert one.min() >= 0
    assert one.max() <= 255


def test_harder_views_are_darker_and_further_off(program) -> None:
    module = program("augment")
    grey = torch.full((400, 3, 32, 32), 128.0)
    usual, hard = (
        module.light(grey, 32, module.Draw(torch.Generator().manual_seed(0), 400, how)).mean(dim=(1, 2, 3))
        for how in (1.0, 2.0)
    )
    assert hard.min() < usual.min() - 10
    spot = torch.zeros((400, 3, 32, 32))
    spot[:, :, 14:18, 14:18] = 255
    place = torch.linspace(-1, 1, 32)
    off = []
    for how in (1.0, 2.0):
        seen = module.move(spot, 32, module.Draw(torch.Generator().manual_seed(0), 400, how)).sum(1)
        weight = seen.sum(dim=(1, 2)).clamp_min(1)
        across = (seen.sum(dim=1) * place).sum(dim=1) / weight
        off.append(across.abs().mean().item())
    assert off[1] > 1.5 * off[0]


def test_features_that_are_as_alike_as_the_teacher_finds_them_cost_little_whatever_their_size(
    program, directions
) -> None:
    losses = program("losses")
    targets = torch.from_numpy(directions - directions.mean(axis=0))
    targets = torch.nn.functional.normalize(targets, dim=1)
    strange = torch.randn(targets.shape, generator=torch.Generator().manual_seed(0))
    assert losses.features_loss(5 * targets + 3, targets) < losses.features_loss(strange, targets) / 4
    # One feature that never fires says nothing, and breaks nothing.
    silent = torch.cat([targets, torch.zeros(len(targets), 1)], dim=1)
    alike = losses.features_loss(targets, targets).item()
    assert losses.features_loss(silent, targets).item() == pytest.approx(alike, abs=1e-3)
