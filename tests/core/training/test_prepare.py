import pytest

from core.training import prepare
from core.training.prepare import resolve_precision


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
