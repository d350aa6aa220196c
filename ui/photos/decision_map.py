"""The decision map: few or many photos, similar or different; the dot says where these photos lie."""

from __future__ import annotations

import streamlit as st

from core.data import samples
from core.data.dataset import Dataset
from core.experiments import decision_map
from core.experiments.decision_map import Advice
from ui import state
from ui.components import faces
from ui.text import photos as words

EXAMPLE_PX = 120
# Something with a face that no camera took, drawn here: a cat as a child draws it.
_CAT = """<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 120 120" fill="none" stroke="#333" stroke-width="4"
 stroke-linecap="round" stroke-linejoin="round"><rect width="120" height="120" fill="#FFF7E0" stroke="none"/>
<path d="M28 52 26 18 50 34M92 52 94 18 70 34" fill="#F6B84B"/><ellipse cx="60" cy="66" rx="38" ry="35" fill="#F6B84B"/>
<circle cx="46" cy="60" r="5" fill="#333"/><circle cx="74" cy="60" r="5" fill="#333"/>
<path d="M55 73h10l-5 6zM60 79q-2 9-12 8M60 79q2 9 12 8" fill="#D5607A"/>
<path d="M8 66l26 5M8 82l27-3M112 66l-26 5M112 82l-27-3"/></svg>"""


def show(dataset: Dataset) -> None:
    """Ask whether the photos are similar, and draw the map with its dot and its advice."""
    st.subheader(words.DECISION, anchor=False)
    ask, shown = st.columns([2, 3], gap="large")
    with ask:
        st.markdown(words.DECISION_HOW)
        st.html(_examples())
        answer = st.segmented_control(
            words.DECISION_HOW,
            [words.SIMILAR, words.DIFFERENT],
            default=words.SIMILAR,
            required=True,
            key=state.Widget.SIMILAR,
            label_visibility="collapsed",
            persist_state="session",
            width="stretch",
        )
    with shown:
        n_train = dataset.counts()["train"]
        advice = decision_map.advise(n_train, similar=answer == words.SIMILAR)
        st.html(_map(advice))
        st.markdown(words.advice(n_train, advice.large, advice.similar, advice.freeze))


def _examples() -> str:
    """Return the two example pictures: a drawn person's photo, and a cat that a child might have drawn."""
    drawn = samples.sample_people()
    face = faces.thumbnail(str(drawn[0].portrait), EXAMPLE_PX) if drawn else faces.NO_PICTURE
    cat = faces.data_address(_CAT.encode("ascii"), "svg+xml")
    pairs = ((face, words.SIMILAR_LIKE), (cat, words.DIFFERENT_LIKE))
    shown = "".join(f'<figure><img src="{src}" alt=""><figcaption>{said}</figcaption></figure>' for src, said in pairs)
    return f'<div class="lab-alike">{shown}</div>'


def _map(advice: Advice) -> str:
    """Return the map as HTML: columns few and many, rows similar and different."""
    parts = ["<span></span>", f"<b>{words.FEW_PHOTOS}</b>", f"<b>{words.MANY_PHOTOS}</b>"]
    for similar, name in ((True, words.SIMILAR), (False, words.DIFFERENT)):
        parts.append(f"<b>{name}</b>")
        for large in (False, True):
            here = (large, similar) == (advice.large, advice.similar)
            said = words.FREEZE_ADVICE[decision_map.advice_at(large, similar)]
            # Within its field, the dot says how near the photos are to the other one.
            within = 2 * advice.amount - advice.large
            dot = f'<i style="left:{8 + 84 * within:.0f}%" title="{words.YOUR_PHOTOS_HERE}"></i>' if here else ""
            parts.append(f'<div class="{"lab-here" if here else ""}">{dot}{said}</div>')
    return f'<div class="lab-map">{"".join(parts)}</div>'
