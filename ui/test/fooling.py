"""Tricks that are tried on a network before the webcam: how often it was fooled, and the pictures that did it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import streamlit as st

from core.data import versions
from core.data.dataset import Dataset
from core.data.takes import Takes
from core.live.messages import SeenFace
from core.live.recording import COMPARED_WITH, NEARLY_EQUAL, difference
from core.workspace import Workspace
from ui import jobs, navigation, page, state
from ui.state import Widget
from ui.text import webcam as words

MOST_KEPT = 60


@dataclass
class Trick:
    """How often something was tried: answers in all, wrong names, and "not sure"."""

    looks: int = 0
    fooled: int = 0
    unsure: int = 0


@dataclass(frozen=True)
class Tried:
    """One answer while something is tried.

    Attributes:
        trick: a key of `words.TRICKS`.
        truth: label of who really sits there; -1 for somebody else.
        said: label that the network is sure of; None where it is not sure.
    """

    trick: str
    truth: int
    face: SeenFace
    said: int | None
    jpeg: bytes


@dataclass
class Fooling:
    """What a session has tried on a run.

    Attributes:
        kept: the faces of the pictures kept because they got no right name.
    """

    tricks: dict[str, Trick] = field(default_factory=dict)
    kept: list[SeenFace] = field(default_factory=list)

    def count(self, pictures: Takes, people: Sequence[str], tried: Tried) -> None:
        """Count an answer, and keep its picture where it was no right one and the picture is new."""
        trick = self.tricks.setdefault(tried.trick, Trick())
        trick.looks += 1
        trick.unsure += tried.said is None
        trick.fooled += tried.said is not None and tried.said != tried.truth
        # A stranger belongs to nobody's photos.
        if tried.said == tried.truth or not 0 <= tried.truth < len(people) or len(self.kept) >= MOST_KEPT:
            return
        if all(difference(tried.face, other) >= NEARLY_EQUAL for other in self.kept[-COMPARED_WITH:]):
            pictures.set_sitter(tried.truth + 1, people[tried.truth], agrees=True)
            pictures.keep(tried.truth + 1, 1, tried.jpeg)
            self.kept.append(tried.face)


def add(workspace: Workspace, fooling: Fooling, dataset: Dataset) -> None:
    """Offer to put what fooled it among the practice photos, and to go on to Train."""
    pictures = jobs.fooled(workspace, dataset)
    n = sum(sum(pictures.count(sitter.number)) for sitter in pictures.sitters())
    if not n or not versions.has_dataset(workspace, dataset.id):
        return
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown(words.kept(n), width="content")
        if st.button(words.ADD_FOOLED, key=Widget.ADD_FOOLED, type="primary"):
            with page.errors_as_sentences():
                state.CROP_JOB.set(jobs.add_fooled(workspace, pictures, dataset).id)
                state.TRAIN_NEXT.set(True)
                state.LIVE.set(None)
                st.switch_page(navigation.PHOTOS)
        if st.button(words.FORGET_FOOLED, key=Widget.FORGET_FOOLED, type="tertiary"):
            pictures.clear()
            fooling.kept.clear()
            st.rerun(scope="fragment")
