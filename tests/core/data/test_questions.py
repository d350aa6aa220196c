from __future__ import annotations

from core.config import CropConfig, SplitConfig
from core.data import questions
from core.data.dataset import Dataset, Item
from core.data.read import LeftOut


def test_what_asks_something_is_counted_and_comes_in_order() -> None:
    item = Item("a", "Ada/1.jpg", "Ada", "train", 0, 2, 0)
    group = LeftOut("Ada/1.jpg", "shows 2 faces", "a", "Ada", "train", "several_faces")
    left_out = (
        LeftOut("Ada/film.mp4", "is a video", kind="not_a_photo"),
        LeftOut("Ada/2.jpg", "was left out", "b", "Ada", kind="removed"),
        LeftOut("Ada/3.jpg", "shows no face", "c", "Ada", kind="no_face"),
        LeftOut("old.jpg", "an earlier lab wrote no kind"),
        LeftOut("Ada/4.jpg", "cannot be unpacked from the zip", kind="unreadable"),
    )
    dataset = Dataset("d1", "d", 1, ("Ada",), (item,), left_out, (group,), CropConfig(), SplitConfig())
    assert list(questions.by_kind(dataset)) == [
        "several_faces",
        "no_face",
        "unreadable",
        "misplaced",
        "not_a_photo",
        "removed",
    ]
    assert questions.open_questions(dataset) == 2
    assert questions.item_of(dataset, group) == item
    assert questions.item_of(dataset, left_out[2]) is None


def test_a_spare_photo_of_several_faces_is_asked_like_one_that_is_used() -> None:
    two = LeftOut("more/Ada/2.jpg", "shows 2 faces", "b", "Ada", "train", "several_faces", 0, n_faces=2, spare=True)
    good = LeftOut("more/Ada/1.jpg", "lies beside", "a", "Ada", "train", "spare", 0, n_faces=1, spare=True)
    dataset = Dataset("d1", "d", 1, ("Ada",), (), (good, two), (), CropConfig(), SplitConfig())
    assert list(questions.by_kind(dataset)) == ["several_faces", "spare"]
    assert questions.open_questions(dataset) == 2
    assert questions.item_of(dataset, two) == Item("b", "more/Ada/2.jpg", "Ada", "train", -1, 2, 0)
    assert questions.item_of(dataset, good) is None
