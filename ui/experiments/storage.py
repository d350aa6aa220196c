"""Where everything is stored, and how it is deleted: the next user of this computer must not find these faces."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from core.data.dataset import Dataset
from core.features import folder
from core.jobs import deletion
from core.workspace import Workspace
from ui import freed, page, server, sessions, state, uploads
from ui.components import faces
from ui.state import Widget
from ui.text import common, escape
from ui.text import experiments as words

# Shares of the free disk to choose from.
SHARES = (0.0, 0.1, folder.DEFAULT_SHARE, 0.5)


def show(workspace: Workspace, dataset: Dataset | None = None) -> None:
    """Draw what is on this computer, folded: delete one data set, or erase everything."""
    said = state.ERASED.get()
    if said:
        state.ERASED.set("")
        st.success(said, icon=":material/delete_forever:")
    with st.expander(words.ON_DISK):
        st.markdown(f"{common.STAYS_HERE} {escape.plain(str(workspace.root))}")
        _features(workspace)
        with st.container(horizontal=True):
            delete = dataset and sure(
                words.DELETE_DATASET, Widget.DELETE_DATASET, Widget.DELETE_DATASET_SURE, words.all_of(dataset.name)
            )
            erase = sure(words.ERASE, Widget.ERASE, Widget.ERASE_SURE, words.ALL_OF_IT)
        if erase:
            with page.errors_as_sentences(), st.spinner(words.ERASING):
                _erase(workspace)
        elif delete and dataset:
            with page.errors_as_sentences(), st.spinner(words.DELETING):
                _delete_dataset(workspace, dataset)


def _features(workspace: Workspace) -> None:
    """Say how much disk what frozen layers gave takes, and let the share of it be chosen."""
    now = folder.share_of(workspace.features)
    share = st.selectbox(
        words.KEPT_SHARE,
        sorted({*SHARES, now}),
        index=sorted({*SHARES, now}).index(now),
        format_func=words.share,
        key=Widget.KEPT_SHARE,
        help=words.KEPT_HOW,
    )
    if share != now:
        with page.errors_as_sentences():
            folder.set_share(workspace.features, share)
    st.caption(words.kept_now(folder.used_bytes(workspace.features), folder.limit_bytes(workspace.features)))


def sure(label: str, ask: str, confirm: str, what: str) -> bool:
    """Draw a button that deletes something; return whether the second button, which then appears, was clicked.

    Args:
        what: is deleted; plain text, shown beside the second button.
    """
    # After a deletion it is another popover, which is closed.
    with st.popover(label, key=f"{ask}-{state.REMOVALS.get()}"):
        st.markdown(words.gone_for_good(escape.plain(what)))
        return st.button(common.SURE, key=confirm, type="primary")


def delete(remove: Callable[[], None]) -> None:
    """Do what deletes something, which is stopped first; the page is drawn again without it."""
    with page.errors_as_sentences(), st.spinner(words.DELETING):
        remove()
        _forget()
        st.rerun()


def _delete_dataset(workspace: Workspace, dataset: Dataset) -> None:
    deletion.delete_dataset(workspace, dataset.id)
    _forget()
    st.rerun()


def _erase(workspace: Workspace) -> None:
    erased = deletion.erase_everything(workspace)
    uploads.give_back_everything()
    removals = state.REMOVALS.get()
    sessions.forget()
    state.REMOVALS.set(removals)
    _forget()
    freed.overwrite_soon()
    # Said on the next run of the page, which is empty then.
    state.ERASED.set(words.erased(erased.photos, erased.bytes))
    st.rerun()


def _forget() -> None:
    """Clear pictures from the memory of the server and of what looks at webcams, and close the popovers that asked."""
    faces.thumbnail.clear()
    server.live().close()
    state.SITTING.set(None)
    state.LIVE.set(None)
    state.count_up(state.REMOVALS)
