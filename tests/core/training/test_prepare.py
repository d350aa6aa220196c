import pytest

from core.models.architectures import architecture
from core.presets import preset
from core.training.prepare import phases_of


@pytest.mark.parametrize(
    ("backbone", "pretrained", "share"),
    [
        ("face-vgg-mini", True, 0.01),
        ("vggface-vgg16", True, 0.0025),
        ("imagenet-vgg19", True, 0.0025),
        ("vggface-vgg16", False, 0.1),
    ],
)
def test_a_wider_network_is_unfrozen_more_gently(backbone, pretrained, share):
    config = preset("recommended").with_changes(backbone=backbone, pretrained=pretrained, freeze_depth=4)
    head, unfrozen = phases_of(config, len(architecture(backbone).units))
    assert head.rate == config.learning_rate
    assert unfrozen.rate == pytest.approx(share * config.learning_rate)
