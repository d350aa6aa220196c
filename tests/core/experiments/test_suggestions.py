from __future__ import annotations

import pytest

from core.config import TrainConfig
from core.data import samples
from core.experiments.baseline import follows
from core.experiments.compare_runs import count_changes
from core.experiments.suggestions import Suggestion, next_idea, wider_network
from core.models import weights
from core.workspace import Workspace

MIDI = "face-vgg-midi"
FROZEN = TrainConfig()
UNTRAINED = TrainConfig(pretrained=False, freeze_depth=0)
LAST_BLOCK = TrainConfig(freeze_depth=10)
ALL_LEARN = TrainConfig(freeze_depth=0)
THREE = TrainConfig(freeze_depth=10, train_per_class=3)


def after(
    config: TrainConfig, *tried: TrainConfig, compared: bool = True, most: int = 15, wider: str = ""
) -> Suggestion:
    found = next_idea(config, [config, *tried], most, wider=wider, is_compared=compared, stranger_shown=False)
    assert found
    return found


def test_the_lesson_in_its_order() -> None:
    first = after(FROZEN)
    assert (first.idea, first.base, first.config) == ("untrained", FROZEN, UNTRAINED)
    second = after(UNTRAINED, FROZEN)
    assert (second.idea, second.base, second.config) == ("retrain_last", FROZEN, LAST_BLOCK)
    whole = after(LAST_BLOCK, UNTRAINED, FROZEN, compared=False)
    assert (whole.idea, whole.changes, whole.config) == ("sweep", {}, None)
    third = after(LAST_BLOCK, UNTRAINED, FROZEN)
    assert (third.idea, third.base, third.config) == ("few_photos", LAST_BLOCK, THREE)
    tried = [THREE, LAST_BLOCK, UNTRAINED, FROZEN]
    fourth = next_idea(THREE, tried, 15, is_compared=True, stranger_shown=False)
    assert fourth == Suggestion("stranger")
    assert next_idea(THREE, tried, 15, is_compared=True, stranger_shown=True) is None


def test_photos_of_real_people_are_first_tried_with_a_wider_network_once() -> None:
    found = after(LAST_BLOCK, FROZEN, wider=MIDI)
    wider = LAST_BLOCK.with_changes(backbone=MIDI)
    assert (found.idea, found.base, found.config) == ("wider", LAST_BLOCK, wider)
    assert after(LAST_BLOCK, wider, wider=MIDI).idea == "untrained"
    # What starts from nothing knows nobody, however wide it is.
    assert after(UNTRAINED, wider=MIDI).idea == "pretrained"
    assert after(UNTRAINED, FROZEN, wider=MIDI).base == FROZEN


def test_a_wider_network_is_one_that_is_here_and_not_for_the_drawn_people(
    lab_home: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    drawn = [person.name for person in samples.sample_people()]
    assert wider_network(TrainConfig().backbone, ("Ada", drawn[0]), lab_home) == MIDI
    assert wider_network(TrainConfig().backbone, drawn[:3], lab_home) == ""
    assert wider_network(MIDI, ("Ada", "Bo"), lab_home) == ""
    monkeypatch.setattr(weights, "has_weights", lambda name, workspace: name != MIDI)
    assert wider_network(TrainConfig().backbone, ("Ada", "Bo"), lab_home) == ""


@pytest.mark.parametrize("compared", [True, False])
@pytest.mark.parametrize("config", [FROZEN, UNTRAINED, LAST_BLOCK, ALL_LEARN, THREE, UNTRAINED.with_changes(epochs=7)])
@pytest.mark.parametrize("other", [FROZEN, UNTRAINED, LAST_BLOCK, ALL_LEARN, THREE, FROZEN.with_changes(seed=2)])
def test_an_idea_changes_one_setting_of_an_experiment_that_is_there(
    config: TrainConfig, other: TrainConfig, compared: bool
) -> None:
    found = after(config, other, compared=compared)
    if found.base is None:
        return
    assert found.base in (config, other)
    assert found.config
    changes = count_changes(found.base, found.config)
    assert changes == 1 or (found.idea == "untrained" and changes == 2 and follows(found.base, found.config))


def test_three_photos_out_of_a_comparison_keep_the_stop_that_is_being_read() -> None:
    first_blocks = TrainConfig(freeze_depth=4, seed=1)
    found = after(first_blocks, UNTRAINED, LAST_BLOCK, FROZEN)
    assert (found.idea, found.config) == ("few_photos", first_blocks.with_changes(train_per_class=3))


def test_three_photos_after_an_untrained_network_go_with_one_that_has_seen_faces() -> None:
    found = after(UNTRAINED, LAST_BLOCK, FROZEN)
    assert (found.idea, found.base, found.config) == ("few_photos", LAST_BLOCK, THREE)


def test_an_untrained_network_is_held_against_one_with_all_photos_and_all_its_blocks_learning() -> None:
    found = after(THREE, LAST_BLOCK, ALL_LEARN)
    assert (found.idea, found.base, found.config) == ("untrained", ALL_LEARN, UNTRAINED)
    assert after(THREE, LAST_BLOCK).base == LAST_BLOCK
    assert after(THREE).base == THREE


def test_only_untrained_ones_lead_to_one_that_has_seen_faces() -> None:
    found = after(UNTRAINED)
    assert (found.idea, found.config) == ("pretrained", ALL_LEARN)


def test_three_photos_each_are_no_idea_where_nobody_has_more() -> None:
    assert after(FROZEN, UNTRAINED, LAST_BLOCK, most=3).idea == "stranger"


def test_all_stops_at_once_come_after_the_last_block_alone() -> None:
    assert after(FROZEN, UNTRAINED, compared=False).idea == "retrain_last"
    assert after(ALL_LEARN, UNTRAINED).idea == "retrain_last"


def test_a_network_that_cannot_start_untrained_is_not_suggested_to() -> None:
    residual = TrainConfig(backbone="vggface2-resnet50", image_size_px=224)
    assert after(residual).idea == "retrain_last"
