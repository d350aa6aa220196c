from __future__ import annotations

import pytest

from tests.screens import made


@pytest.mark.parametrize("page", ["start", "dataset", "train", "test"])
def test_empty(open_page, page):
    app = open_page(f"screens/{page}.py")
    print([m.value for m in app.markdown], [b.label for b in app.button], [i.value for i in app.info])


@pytest.mark.parametrize("page", ["start", "dataset", "train", "test"])
def test_full(open_page, lab_home, page):
    made.run(lab_home, made.dataset(lab_home))
    app = open_page(f"screens/{page}.py")
    print([m.value for m in app.markdown], [b.label for b in app.button], [i.value for i in app.info])
