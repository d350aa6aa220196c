"""What the strip shows, before anything is drawn."""

from __future__ import annotations

import json

import pytest

from core.config import TrainConfig
from core.experiments.outcome import Did, Outcome
from core.models import registry
from ui.components import strip
from ui.components.strip import parts
from ui.components.strip.parts import Parts
from ui.text import train as train_words

PEOPLE = ("Ada", "Bo <b>", "Chen")


@pytest.mark.parametrize("name", list(registry.BACKBONES))
def test_every_network_has_five_blocks_and_says_something_at_every_stop(name: str) -> None:
    shown = Parts(TrainConfig(backbone=name, image_size_px=224), PEOPLE)
    for depths in (shown.network.freeze_boundaries(), tuple(range(len(shown.network.units) + 1))):
        drawn = json.loads(json.dumps(parts.data(shown, depths, depths[-1])))
        assert len(drawn["blocks"]) == 5
        assert sum(block["units"] for block in drawn["blocks"]) == depths[-1]
        assert len(drawn["said"]) == len(drawn["stops"]) == len(depths)
        assert all(said["rest"].endswith("numbers (parameters).") for said in drawn["said"])


def test_a_residual_network_has_stages() -> None:
    shown = Parts(TrainConfig(backbone="vggface2-resnet50", image_size_px=224), PEOPLE)
    drawn = parts.data(shown, shown.network.freeze_boundaries(), 8)
    assert drawn["blocks"][0]["title"] == "Stage 1"
    assert drawn["said"][3]["frozen"] == "Stages 1–3 are frozen."


def test_many_people_are_counted_and_names_stay_text() -> None:
    drawn = parts.data(Parts(TrainConfig(), [*PEOPLE, *"defghij"]), (0, 13), 0)
    assert [person["name"] for person in drawn["people"]][:3] == list(PEOPLE)
    assert (len(drawn["people"]), drawn["morePeople"]) == (6, "and 4 more")


def test_a_block_moves_by_the_mean_of_its_layers_and_the_large_ones_count_more() -> None:
    moved = {"conv1_1": 0.10, "conv1_2": 0.02, "conv2_1": 0.5, "conv2_2": 0.5}
    drawn = parts.data(Parts(TrainConfig(freeze_depth=0), PEOPLE, moved=moved), (0, 13), 0, fixed=True)
    assert drawn["blocks"][1]["moved"] == "moved 50.0 %"
    assert 2.0 < float(drawn["blocks"][0]["moved"].split()[1]) < 6.0
    frozen = parts.data(Parts(TrainConfig(freeze_depth=4), PEOPLE, moved={}), (0, 4), 4, fixed=True)
    assert {block["moved"] for block in frozen["blocks"]} == {""}


def test_what_starts_with_nothing_says_so_frozen_or_not() -> None:
    drawn = parts.data(Parts(TrainConfig(pretrained=False), PEOPLE), (0, 13), 13)
    assert drawn["learns"] == "fresh"
    assert (drawn["states"]["frozen"], drawn["states"]["fresh"]) == (
        train_words.FROZEN_AT_RANDOM,
        train_words.LEARNS_FROM_ZERO,
    )


def test_the_handle_stands_at_the_nearest_place() -> None:
    assert [strip.nearest((0, 2, 4, 7, 10, 13), wanted) for wanted in (0, 3, 6, 12, 99)] == [0, 2, 7, 13, 13]


LAST_BLOCK = TrainConfig(freeze_depth=10, epochs=20, head_epochs=10)
STILL = dict.fromkeys(("conv5_1", "conv5_2", "conv5_3"), 0.0)


def fixed(outcome: Outcome | None, moved: dict[str, float], config: TrainConfig = LAST_BLOCK) -> dict:
    depths = (0, 2, 4, 7, 10, 13)
    return parts.data(Parts(config, PEOPLE, moved=moved, outcome=outcome), depths, 10, fixed=True)


@pytest.mark.parametrize(
    ("did", "said"),
    [("kept_frozen", train_words.tried_to_learn("block 5")), ("ended_before", train_words.ended_before("block 5"))],
)
def test_what_did_not_learn_is_not_drawn_as_retrained(did: Did, said: str) -> None:
    drawn = fixed(Outcome(did, head_epochs=10), STILL)
    assert drawn["learns"] == "kept"
    assert drawn["states"]["kept"] == train_words.KEPT_AS_IT_WAS
    assert drawn["blocks"][4]["moved"] == ""
    assert [block["moved"] for block in drawn["blocks"][:4]] == [train_words.MOVED_NOT] * 4
    assert drawn["said"][4] == {"frozen": "Blocks 1–4 are frozen.", "learns": "", "rest": said}
    untrained = fixed(Outcome(did, head_epochs=10), STILL, LAST_BLOCK.with_changes(pretrained=False))
    assert (untrained["learns"], untrained["states"]["fresh"]) == ("fresh", train_words.KEPT_AS_IT_WAS)


def test_a_block_that_learned_and_hardly_moved_is_not_said_to_have_moved_0() -> None:
    drawn = fixed(Outcome("learned", head_epochs=10), dict.fromkeys(STILL, 0.0004))
    assert (drawn["learns"], drawn["blocks"][4]["moved"]) == ("retrained", train_words.HARDLY_MOVED)
    assert fixed(Outcome("learned"), dict.fromkeys(STILL, 0.0006))["blocks"][4]["moved"] == "moved 0.1 %"
