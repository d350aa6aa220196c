from __future__ import annotations

import numpy as np

from ui.charts.confusion_matrix import confusion_figure


def font_sizes(part: object) -> list[float]:
    """Return every size of text in a figure, whatever library it is for."""
    if isinstance(part, dict):
        own = [part["fontSize"]] if "fontSize" in part else []
        own += [part[key]["size"] for key in ("font", "tickfont", "textfont") if "size" in part.get(key, {})]
        return own + [size for value in part.values() for size in font_sizes(value)]
    return [size for value in part for size in font_sizes(value)] if isinstance(part, list | tuple) else []


def test_text_is_large_enough_for_a_projector() -> None:
    matrix = confusion_figure(np.array([[3, 1], [0, 4]]), ["Ada", "Bo"]).to_plotly_json()
    sizes = font_sizes({"layout": matrix["layout"], "data": list(matrix["data"])})
    assert sizes
    assert min(sizes) >= 16


def test_matrix_rows_are_the_truth_and_the_first_person_is_on_top() -> None:
    confusion = np.array([[3, 1], [0, 4]])
    figure = confusion_figure(confusion, ["Ada", "Bo"])
    right, wrong, cells = figure.data
    assert right.z[0][0] == 3
    assert np.isnan(right.z[0][1])
    assert wrong.z[0][1] == 1
    assert np.isnan(wrong.z[1][0])  # nothing happened there: no number, no colour
    assert list(figure.layout.yaxis.ticktext) == ["Ada", "Bo"]
    assert figure.layout.yaxis.range[0] > figure.layout.yaxis.range[1]
    said = {(row, column): text for row, column, text in cells.customdata}
    assert said[0, 1] == "Ada taken for Bo: 1"
    assert said[1, 1] == "Bo: 4 right"
    assert cells.marker.opacity == 0


def test_names_are_text_in_a_figure() -> None:
    people = ['<a href="x">A', "{count} & Bo"]
    figure = confusion_figure(np.eye(2, dtype=int), people)
    shown = " ".join([*figure.layout.xaxis.ticktext, *(text for _, _, text in figure.data[2].customdata)])
    assert "<a" not in shown
    assert "{count} &amp; Bo" in shown


def test_above_twenty_people_the_matrix_shows_the_twenty_most_confused() -> None:
    confusion = np.diag(np.full(30, 2))
    confusion[29, 28] = 1
    people = [f"p{i}" for i in range(30)]
    figure = confusion_figure(confusion, people)
    assert len(figure.layout.xaxis.ticktext) == 20
    assert list(figure.layout.xaxis.ticktext)[-2:] == ["p28", "p29"]
    labels = {(row, column) for row, column, _ in figure.data[2].customdata}
    assert (29, 28) in labels  # numbers of the whole matrix, not of the part shown


def test_faces_stand_beside_rows_and_over_columns_and_change_no_cell() -> None:
    confusion = np.array([[3, 1], [0, 4]])
    plain = confusion_figure(confusion, ["Ada", "Bo"])
    faced = confusion_figure(confusion, ["Ada", "Bo"], ["data:a", "data:b"])
    assert [(image.source, image.x, image.y) for image in faced.layout.images] == [
        ("data:a", -1, 0),
        ("data:a", 0, -1),
        ("data:b", -1, 1),
        ("data:b", 1, -1),
    ]
    assert list(faced.layout.xaxis.range) == [-1.5, 1.5]
    assert not plain.layout.images
    assert faced.data[2].customdata == plain.data[2].customdata
    assert faced.layout.width > plain.layout.width
