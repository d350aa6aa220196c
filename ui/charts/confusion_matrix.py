"""The confusion matrix as a plotly figure, which can tell which cell was clicked; text is at least 16 px."""

from __future__ import annotations

import html
from collections.abc import Sequence

import numpy as np
import plotly.graph_objects as go

from core.evaluation import metrics
from ui.charts import colours
from ui.text import common

TEXT_PX = 16
_GRID = "rgba(140, 140, 140, 0.25)"
_NONE = "rgba(0, 0, 0, 0)"
_LONGEST_NAME = 20
_BREAK_AFTER = 10


def confusion_figure(confusion: np.ndarray, people: Sequence[str], faces: Sequence[str] = ()) -> go.Figure:
    """Draw the confusion matrix: rows the true people, columns the predicted; above 20 people the 20 most confused.

    Every cell carries an invisible marker, so that a click selects it (heatmaps give no selection in Streamlit); its
    `customdata` is [true label, predicted label, what the cell says]. Names are escaped: plotly reads a little HTML.

    Args:
        confusion: int, shape (n_classes, n_classes).
        people: n_classes names in label order.
        faces: a picture of each as an address, in label order, drawn beside the rows and over the columns; none at all
            leaves the names alone.
    """
    shown = metrics.most_confused(confusion)
    side_px = max(30, min(64, 520 // max(len(shown), 1)))
    figure = go.Figure()
    _add_counts(figure, confusion[np.ix_(shown, shown)])
    cells = [(row, column) for row in range(len(shown)) for column in range(len(shown))]
    figure.add_scatter(
        x=[column for _, column in cells],
        y=[row for row, _ in cells],
        mode="markers",
        marker={"symbol": "square", "size": side_px - 4, "opacity": 0},
        selected={"marker": {"opacity": 0}},
        unselected={"marker": {"opacity": 0}},
        customdata=[_cell(int(shown[row]), int(shown[column]), confusion, people) for row, column in cells],
        hovertemplate="%{customdata[2]}<extra></extra>",
    )
    _lay_out(figure, [_short(people[label]) for label in shown], side_px, 1 if faces else 0)
    if faces:
        _add_faces(figure, [(faces[label], colours.person_colour(int(label))) for label in shown])
    return figure


def _add_faces(figure: go.Figure, framed: Sequence[tuple[str, str]]) -> None:
    """Put faces where cells would be before each row and over each column, framed in the person's colour.

    Args:
        framed: picture and colour of each.
    """
    frames, pictures = list(figure.layout.shapes), []
    for place, (picture, colour) in enumerate(framed):
        for x, y in ((-1, place), (place, -1)):
            corners = {"x0": x - 0.45, "x1": x + 0.45, "y0": y - 0.45, "y1": y + 0.45}
            frames.append({"type": "rect", **corners, "layer": "below", "line": {"width": 0}, "fillcolor": colour})
            where = {"xref": "x", "yref": "y", "x": x, "y": y, "xanchor": "center", "yanchor": "middle"}
            pictures.append({"source": picture, **where, "sizex": 0.8, "sizey": 0.8})
    # All at once: plotly looks through what is there for each one that is added.
    figure.update_layout(shapes=frames, images=pictures)


def _add_counts(figure: go.Figure, counts: np.ndarray) -> None:
    """Add the numbers, right and wrong in colours of their own; a cell where nothing happened stays empty."""
    on_diagonal = np.eye(len(counts), dtype=bool)
    for part, scale in ((on_diagonal, colours.RIGHT_SCALE), (~on_diagonal, colours.WRONG_SCALE)):
        figure.add_heatmap(
            z=np.where(part & (counts > 0), counts, np.nan),
            zmin=1,
            zmax=max(int(counts[part].max(initial=0)), 2),
            colorscale=scale,
            showscale=False,
            texttemplate="%{z}",
            textfont={"size": TEXT_PX + 2, "color": "white"},
            hoverinfo="skip",
            xgap=3,
            ygap=3,
        )


def _lay_out(figure: go.Figure, names: list[str], side_px: int, before: int) -> None:
    """Fix the axes; `before` is how many cells of room there are before the first row and column."""
    n, edges = len(names), [-0.5, len(names) - 0.5]
    spread = [edges[0] - before, edges[1]]
    broken = [name.replace(" ", "<br>", 1) if len(name) > _BREAK_AFTER else name for name in names]
    text = {"size": TEXT_PX}
    axis = {"tickmode": "array", "tickvals": list(range(n)), "tickfont": text, "showgrid": False, "zeroline": False}
    said = {"text": common.WHO_IT_SAYS, "standoff": 4, "font": text}
    figure.update_xaxes(**axis, ticktext=names, range=spread, side="top", title=said, tickangle=-45, fixedrange=True)
    true = {"text": common.WHO_IT_IS, "standoff": 6, "font": text}
    figure.update_yaxes(**axis, ticktext=broken, range=spread[::-1], title=true, fixedrange=True)
    figure.add_shape(type="rect", x0=edges[0], y0=edges[0], x1=edges[1], y1=edges[1], line={"color": _GRID, "width": 1})
    # Room for names beside the rows and slanting away over the last column (plotly hides a name that does not fit).
    slanted_px = round(0.7 * _text_px(names))
    margin = {"l": _text_px(broken) + 36, "r": slanted_px, "t": slanted_px + 50, "b": 12}
    figure.update_layout(
        width=side_px * (n + before) + margin["l"] + margin["r"],
        height=side_px * (n + before) + margin["t"] + margin["b"],
        margin=margin,
        showlegend=False,
        hovermode="closest",
        font=text,
        hoverlabel={"font": text},
        paper_bgcolor=_NONE,
        plot_bgcolor=_NONE,
        modebar={"bgcolor": _NONE},
    )


def _text_px(names: Sequence[str]) -> int:
    """Return about the width of the longest line, in px."""
    return 9 * max((len(line) for name in names for line in html.unescape(name).split("<br>")), default=0) + 8


def _cell(true: int, predicted: int, confusion: np.ndarray, people: Sequence[str]) -> tuple[int, int, str]:
    template = common.CELL_RIGHT if true == predicted else common.CELL_WRONG
    count = int(confusion[true, predicted])
    said = template.format(count=count, true=html.escape(people[true]), predicted=html.escape(people[predicted]))
    return true, predicted, said


def _short(name: str) -> str:
    return html.escape(name if len(name) <= _LONGEST_NAME else name[: _LONGEST_NAME - 1] + "…")
