"""The live process as the server meets it: started, asked, killed, gone."""

from __future__ import annotations

import os
import signal
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import psutil
import pytest

from core.config import CropConfig, TrainConfig
from core.data.cropping import resize_square
from core.errors import LabError
from core.live import link, looking
from core.live.answering import Networks, loss_by_patch
from core.live.link import Link
from core.live.messages import PATCHES, Because, Look, Network, Refused, Seen, Why
from core.models.classifier import build_classifier
from core.models.saved import open_model, save_model
from core.training.finish import predict_faces
from tests.core.live.faces import jpeg, portrait, webcam

PEOPLE = 3
ONE_FACE = jpeg(webcam(portrait()))


@pytest.fixture(scope="module")
def network(tmp_path_factory: pytest.TempPathFactory) -> Network:
    """A network that learned nothing: what it says is arbitrary, and the same every time."""
    path = tmp_path_factory.mktemp("model") / "model.keras"
    config = TrainConfig(pretrained=False, image_size_px=48)
    save_model(build_classifier(config, PEOPLE, None, precision="float32"), path)
    return Network(str(path), CropConfig(size_px=64))


@pytest.fixture(scope="module")
def live() -> Iterator[Link]:
    """A process that opens networks, which takes seconds."""
    made = Link()
    yield made
    made.close()


@pytest.fixture
def fresh() -> Iterator[Link]:
    """A process that a test may end."""
    made = Link()
    yield made
    made.close()


def answered(live: Link, network: Network, data: bytes = ONE_FACE) -> Seen:
    """Ask until the network is open."""
    until = time.monotonic() + 60
    while time.monotonic() < until:
        seen = live.ask(Look(data, (network,)))
        assert isinstance(seen, Seen)
        if seen.faces[0].says[0] is not None:
            return seen
        time.sleep(0.1)
    raise AssertionError("the network was not opened")


def test_it_says_what_the_saved_file_says(live: Link, network: Network) -> None:
    (face,) = answered(live, network).faces
    picture = looking.look(ONE_FACE)
    crop_rgb = looking.crop(picture, picture.faces[0], network.crop)
    model = open_model(Path(network.model_path))
    said = predict_faces(model, np.stack([resize_square(crop_rgb, 48)]), PEOPLE)[0]
    np.testing.assert_allclose(face.says[0], said, atol=0.01)


def test_it_explains_an_answer_and_two_networks_share_a_look(live: Link, network: Network) -> None:
    answered(live, network)
    seen = live.ask(Look(ONE_FACE, (network, network)))
    assert isinstance(seen, Seen)
    assert seen.faces[0].says[0] == seen.faces[0].says[1]
    found = live.ask(Why(ONE_FACE, network, 1))
    assert isinstance(found, Because)
    assert [len(row) for row in found.loss] == [PATCHES] * PATCHES
    left, top, width, height = found.box
    assert (left < seen.faces[0].box[0], top < seen.faces[0].box[1]) == (True, True)
    assert width * 640 == pytest.approx(height * 480)


def test_several_faces_are_named_and_nobody_is_no_answer(live: Link, network: Network) -> None:
    assert len(answered(live, network, jpeg(webcam(portrait(), portrait(1)))).faces) == 2
    assert live.ask(Look(jpeg(webcam()), (network,))) == Seen(())
    assert live.ask(Why(jpeg(webcam()), network, 0)) == Because()


def test_what_cannot_be_answered_is_said_in_a_sentence_and_the_next_is_answered(live: Link, network: Network) -> None:
    gone = Network(network.model_path + ".gone", network.crop)
    refused = live.ask(Look(ONE_FACE, (gone,)))
    assert refused == Refused("This experiment was deleted; choose another one.")
    refused = live.ask(Look(b"no picture"))
    assert isinstance(refused, Refused)
    assert "open this page again" in refused.sentence
    assert isinstance(live.ask(Look(ONE_FACE)), Seen)


def test_a_file_that_is_no_network_of_ours_is_refused(live: Link, tmp_path: Path) -> None:
    file = tmp_path / "model.keras"
    file.write_bytes(b"no network")
    until, found = time.monotonic() + 60, None
    while time.monotonic() < until and not isinstance(found, Refused):
        found = live.ask(Look(ONE_FACE, (Network(str(file), CropConfig()),)))
        time.sleep(0.1)
    assert isinstance(found, Refused)


def test_a_killed_one_is_started_anew_without_a_word(fresh: Link) -> None:
    fresh.ask(Look(ONE_FACE))
    first = fresh.pid
    assert first
    os.kill(first, signal.SIGKILL)
    assert isinstance(fresh.ask(Look(ONE_FACE)), Seen)
    assert fresh.pid != first


def test_it_ends_with_its_server_and_when_it_is_closed(fresh: Link) -> None:
    fresh.ask(Look(ONE_FACE))
    process = psutil.Process(fresh.pid)
    assert fresh._process
    assert fresh._process.stdin
    fresh._process.stdin.close()
    process.wait(10)
    fresh.ask(Look(ONE_FACE))
    process = psutil.Process(fresh.pid)
    fresh.close()
    assert fresh.pid is None
    assert not process.is_running()


def test_one_that_does_not_start_or_answer_is_said_in_a_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    broken = Link((sys.executable, "-c", "print('hello')"))
    with pytest.raises(LabError, match=r"does not run .*close other programs and open this page again"):
        broken.ask(Look(ONE_FACE))
    slow = Link(answer_within_s=0.0)
    refused = slow.ask(Look(ONE_FACE))
    assert isinstance(refused, Refused)
    assert "No answer came within" in refused.sentence
    assert slow.pid is None


def test_the_key_of_the_connection_is_not_on_its_command_line(fresh: Link) -> None:
    fresh.ask(Look(ONE_FACE))
    assert tuple(psutil.Process(fresh.pid).cmdline()) == link.COMMAND


def test_the_oldest_of_many_networks_is_closed(network: Network, tmp_path: Path) -> None:
    networks = Networks()
    for number in range(6):
        path = tmp_path / f"{number}.keras"
        path.write_bytes(Path(network.model_path).read_bytes())
        networks.probabilities(Network(str(path), network.crop), [])
    assert len(networks._known) == 4


def test_what_a_patch_hides_counts_only_if_the_answer_rests_on_it() -> None:
    face = np.zeros((70, 70, 3), np.uint8)
    face[30:40, 30:40] = 255

    def white_in_the_middle(faces: list[np.ndarray]) -> np.ndarray:
        seen = np.array([each[30:40, 30:40].mean() / 255 for each in faces])
        return np.stack([seen, 1 - seen], axis=1)

    found = loss_by_patch(white_in_the_middle, face, 0)
    assert found
    loss, whole, covered = found
    assert (round(whole, 3), round(covered, 3)) == (1, 0.02)
    assert np.unravel_index(loss.argmax(), loss.shape) == (3, 3)
    assert np.count_nonzero(loss) == 1
    assert loss_by_patch(lambda faces: None, face, 0) is None
