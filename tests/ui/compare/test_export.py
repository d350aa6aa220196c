"""The button that packs a comparison."""

from __future__ import annotations

from streamlit.testing.v1 import AppTest

from core.sweeps.plan import SweepPlan
from tests.made_sweeps import first_right, make_sweep
from tests.pages import made
from ui.text import compare as words


def script(root: str, sweep_id: str) -> None:
    from pathlib import Path

    from core.sweeps.sweep import open_sweep
    from core.workspace import Workspace
    from ui.compare import export

    workspace = Workspace(Path(root))
    export.offer(open_sweep(workspace.sweeps / sweep_id, workspace))


def test_a_zip_is_offered_and_packed_only_when_it_is_asked_for(lab_home, monkeypatch) -> None:
    sweep = make_sweep(
        lab_home, made.dataset(lab_home), SweepPlan(depths=(10, 13), seeds=(0,)), first_right(lambda _: 0.5)
    )
    monkeypatch.setattr("core.sweeps.takealong.pack_sweep", None)
    app = AppTest.from_function(script, args=(str(lab_home.root), sweep.id), default_timeout=30).run()
    assert not app.exception, app.exception
    (button,) = app.get("download_button")
    assert button.proto.label == words.TAKE_ALONG
