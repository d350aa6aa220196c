"""Ready-made networks: those on this computer to choose from, and the way to get the others."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from core.config import TrainConfig
from core.jobfolder import OPEN_STATES, JobFolder
from core.models import registry, weights
from core.models.registry import Backbone
from core.workspace import Workspace
from ui import job_progress, jobs, page, state
from ui.state import Widget
from ui.text import amounts, common
from ui.text import train as words

KINDS = ("download", "import_weights")


def settle(workspace: Workspace) -> None:
    """Choose a network that has arrived, and say so once. Call it before `choose`."""
    job = jobs.job(workspace, state.DOWNLOAD_JOB.get())
    if job is None or job.status().state in OPEN_STATES:
        return
    status, backbone = job.status(), registry.backbone(job.request()["backbone"])
    if status.state == "done":
        _choose(backbone.name, pretrained=True)
        st.toast(words.network_is_here(backbone.title))
        state.DOWNLOAD_JOB.set(None)


def choose(workspace: Workspace, base: TrainConfig) -> Backbone:
    """Ask for a network: those on this computer, and one that is not here while it is chosen."""
    key = Widget.BACKBONE.of(base.preset)
    present = here(workspace)
    asked_for = [name for name in (base.backbone, st.session_state.get(key)) if name in registry.BACKBONES]
    names = list(dict.fromkeys([*present, *asked_for]))
    name = st.selectbox(
        words.BACKBONE,
        names,
        index=names.index(base.backbone),
        format_func=lambda name: common.backbone(registry.backbone(name).title, here=name in present),
        key=key,
        persist_state="session",
    )
    return registry.backbone(name)


def here(workspace: Workspace) -> list[str]:
    """Name the networks whose weights are on this computer."""
    return [name for name in registry.BACKBONES if weights.has_weights(name, workspace)]


def _choose(name: str, *, pretrained: bool) -> None:
    """Choose a network, and what it starts with; called before the widgets are drawn."""
    preset = st.session_state.get(Widget.PRESET) or TrainConfig().preset
    st.session_state[Widget.BACKBONE.of(preset)] = name
    st.session_state[Widget.STARTS_WITH.of(preset, name)] = pretrained


def way_on(workspace: Workspace, backbone: Backbone) -> None:
    """Say that the weights of the chosen network are missing; offer to download them, or to start untrained."""
    st.info(words.MISSING_HERE if backbone.weights.bundled else words.NOT_HERE, icon=":material/info:")
    _in_progress(workspace)
    if _open_job(workspace):
        return
    with st.container(horizontal=True):
        if not backbone.weights.bundled:
            _download_button(workspace, backbone, Widget.DOWNLOAD)
        _untrained_button(backbone, words.START_UNTRAINED, Widget.START_UNTRAINED)


def _untrained_button(backbone: Backbone, label: str, key: str) -> None:
    """Draw the button that chooses a network untrained, where it can learn like that."""
    if registry.can_start_untrained(backbone.name):
        st.button(label, key=key, on_click=_choose, args=(backbone.name,), kwargs={"pretrained": False})


def _in_progress(workspace: Workspace) -> None:
    """Draw how far a download or an import is, or why it failed."""
    job = _open_job(workspace)
    if job:
        state.DOWNLOAD_JOB.set(job.id)
        st.fragment(_arrival, run_every=job_progress.EVERY_S)(job)
        return
    ended = jobs.job(workspace, state.DOWNLOAD_JOB.get())
    if ended and ended.status().state == "failed":
        page.show_error(ended.status().message)
    elif ended:
        st.caption(words.NETWORK_STOPPED)


def more(workspace: Workspace, *, is_missing: bool) -> None:
    """Draw the networks that are not on this computer: how large, whose, and how they get here.

    Args:
        is_missing: `way_on` stands on the page already, and says how far a network that is being brought has come.
    """
    missing = [registry.backbone(name) for name in registry.BACKBONES if name not in here(workspace)]
    missing = [backbone for backbone in missing if not backbone.weights.bundled]
    if not missing:
        return
    with st.expander(words.MORE_NETWORKS):
        chosen = _which(missing)
        if not is_missing:
            _in_progress(workspace)
        if not _open_job(workspace):
            _ways_here(workspace, chosen)


def _which(missing: Sequence[Backbone]) -> Backbone:
    by_name = {backbone.name: backbone for backbone in missing}
    name = st.radio(
        words.WHICH_NETWORK,
        list(by_name),
        format_func=lambda name: words.network_to_get(by_name[name].title, by_name[name].size_bytes),
        captions=[f"{backbone.description} {backbone.weights.licence}" for backbone in missing],
        key=Widget.MORE_NETWORKS,
        label_visibility="collapsed",
    )
    return by_name[name]


def _ways_here(workspace: Workspace, backbone: Backbone) -> None:
    with st.container(horizontal=True):
        _download_button(workspace, backbone, Widget.DOWNLOAD_MORE)
        _untrained_button(backbone, words.USE_UNTAUGHT, Widget.USE_UNTRAINED)
    upload = st.file_uploader(
        words.OWN_FILE.format(file=backbone.weights.file_name),
        key=Widget.NETWORK_FILE.of(backbone.name, state.NETWORK_UPLOADS.get()),
    )
    if upload is not None:
        with page.errors_as_sentences():
            state.DOWNLOAD_JOB.set(jobs.import_weights(workspace, backbone.name, upload).id)
            # A new widget: the old one would keep the file in memory.
            state.count_up(state.NETWORK_UPLOADS)
            st.rerun()


def _download_button(workspace: Workspace, backbone: Backbone, key: Widget) -> None:
    label = words.DOWNLOAD.format(size=amounts.size(backbone.size_bytes))
    kind = "primary" if key == Widget.DOWNLOAD else "secondary"
    if st.button(label, key=key, type=kind, help=backbone.weights.licence):
        with page.errors_as_sentences():
            state.DOWNLOAD_JOB.set(jobs.download(workspace, backbone.name).id)
            st.rerun()


def _open_job(workspace: Workspace) -> JobFolder | None:
    return jobs.open_job(workspace, *KINDS)


@page.errors_as_sentences()
def _arrival(job: JobFolder) -> None:
    """Show how far a network is that is being downloaded or checked, until that ends."""
    job_progress.leave_when_over(job)
    done, total = job_progress.counted(job)
    said = words.CHECKING_FILE if job.request()["kind"] == "import_weights" else common.STEP_STARTING
    if total:
        said = words.DOWNLOADING.format(done=amounts.size(done), total=amounts.size(total))
    bar, stop = st.columns([5, 1], vertical_alignment="bottom")
    bar.progress(min(1.0, done / total) if total else 0.0, text=said)
    with stop:
        job_progress.stop_button(job, state.Widget.STOP)
