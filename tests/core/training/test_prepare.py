import pytest

from core.models.architectures import architecture
from core.presets import preset
from core.training import prepare
from core.training.prepare import phases_of, resolve_precision


@pytest.mark.parametrize("asked", ["float32", "bfloat16"])
def test_what_was_asked_for_is_kept(asked):
    assert resolve_precision(asked) == asked


@pytest.mark.parametrize(
    ("flags", "expected"), [("fma avx2", "float32"), ("avx512_bf16 fma", "bfloat16"), ("amx_bf16", "bfloat16")]
)
def test_auto_follows_the_processor(flags, expected, monkeypatch):
    monkeypatch.setattr(prepare.sys, "platform", "linux")
    monkeypatch.setattr(prepare.Path, "read_text", lambda self, **_: flags)
    assert resolve_precision("auto") == expected


def test_auto_is_float32_where_nobody_tells(monkeypatch):
    monkeypatch.setattr(prepare.sys, "platform", "win32")
    assert resolve_precision("auto") == "float32"


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
