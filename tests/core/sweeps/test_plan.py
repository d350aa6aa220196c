"""What a sweep tries, in which order, and what it refuses."""

import json

import pytest

from core.config import TrainConfig
from core.errors import ConfigError
from core.presets import preset
from core.schema import convert
from core.sweeps.plan import Start, SweepPlan, as_trained, usual_photos, with_rates
from core.workspace import Workspace
from tests import fakes

MINI, NOTHING = Start("face-vgg-mini"), Start("face-vgg-mini", pretrained=False)


def test_by_default_the_six_stops_with_three_seeds_and_the_recommended_settings():
    plan = SweepPlan()
    cells = list(plan.cells())
    assert plan.axis == "depth"
    assert plan.depths == (0, 2, 4, 7, 10, 13)
    assert len(cells) == 18
    assert plan.config(cells[0]) == preset("recommended").with_changes(freeze_depth=13, seed=0)


def test_one_seed_of_everything_comes_first_and_the_quick_ones_before_the_slow():
    cells = list(SweepPlan(starts=(MINI, NOTHING), depths=(2, 13), photos=(None, 3), seeds=(4, 1)).cells())
    assert [cell.seed for cell in cells] == [4] * 8 + [1] * 8
    assert [(cell.photos, cell.depth, cell.start) for cell in cells[:4]] == [
        (3, 13, MINI),
        (3, 13, NOTHING),
        (3, 2, MINI),
        (3, 2, NOTHING),
    ]
    assert [cell.photos for cell in cells[4:8]] == [None] * 4


def test_only_what_is_named_differs_from_the_base():
    plan = SweepPlan(starts=(NOTHING,), depths=(4,), photos=(3,), sizes_px=(64,), rates=(1e-3,), seeds=(7,))
    (cell,) = plan.cells()
    assert plan.config(cell) == plan.base.with_changes(
        pretrained=False, freeze_depth=4, train_per_class=3, image_size_px=64, learning_rate=1e-3, seed=7
    )


@pytest.mark.parametrize(
    ("varied", "axis"),
    [
        ({"depths": (0, 13), "photos": (1, None)}, "depth"),
        ({"depths": (13,), "photos": (1, None)}, "photos"),
        ({"depths": (13,), "sizes_px": (64, 96)}, "size"),
        ({"depths": (13,)}, "depth"),
    ],
)
def test_what_has_several_values_is_held_against_each_other(varied, axis):
    assert SweepPlan(**varied).axis == axis


def test_another_network_is_frozen_up_to_the_same_block():
    starts = (MINI, Start("vggface2-resnet50"))
    plan = SweepPlan(starts=starts, depths=(0, 10, 13), sizes_px=(224,), seeds=(0,))
    assert [(cell.start.backbone, cell.depth) for cell in plan.cells()] == [
        ("face-vgg-mini", 13),
        ("vggface2-resnet50", 17),
        ("face-vgg-mini", 10),
        ("vggface2-resnet50", 14),
        ("face-vgg-mini", 0),
        ("vggface2-resnet50", 0),
    ]


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"depths": (0, 14)}, "must be 0 to 13, received 14"),
        ({"depths": (0, 0)}, "must be some different ones"),
        ({"seeds": ()}, "must be some different ones"),
        ({"starts": ()}, "needs a network"),
        ({"sizes_px": (16,)}, "image size"),
        ({"photos": (0,)}, "train per class"),
        ({"seeds": tuple(range(100))}, "500 trainings, received 600"),
        ({"starts": (MINI, Start("vggface2-resnet50")), "depths": (0, 5)}, "only whole blocks"),
    ],
)
def test_what_cannot_be_done_is_refused_before_anything_trains(changes, said):
    with pytest.raises(ConfigError, match=said):
        SweepPlan(**changes)


def test_a_plan_survives_being_written_down():
    plan = SweepPlan(starts=(MINI, NOTHING), photos=(1, None), rates=(1e-3, 5e-3))
    assert convert(json.loads(json.dumps(plan.to_dict())), SweepPlan, "request.json") == plan


def test_the_name_of_a_preset_and_all_frozen_in_two_ways_make_no_other_training():
    one = TrainConfig(freeze_depth=None)
    assert as_trained(one) == as_trained(one.with_changes(freeze_depth=13, preset="webcam"))
    assert as_trained(one) != as_trained(one.with_changes(seed=1))


def test_several_rates_are_tried_with_one_seed():
    plan = with_rates(SweepPlan(seeds=(3, 4)), (1e-3, 1e-2))
    assert (plan.rates, plan.seeds, len(list(plan.cells()))) == ((1e-3, 1e-2), (3,), 12)


def test_numbers_of_photos_worth_trying_end_with_all_of_them(tmp_path):
    # Six practice photos a person.
    assert usual_photos(fakes.dataset(Workspace(tmp_path))) == (1, 2, 3, 5, None)
