"""Test: the final exam first, then who is taken for whom, every photo, and new ones."""

from core import library as experiments
from ui import exam, library, look, places, server, words

places.enter()
workspace = server.workspace()
shelf = experiments.shelf(workspace)
row = library.tested(shelf)
if row:
    result = exam.sit(row.run)
    look.head(exam.title(result))
    library.pick(shelf, row)
    exam.in_words(result)
    exam.views(workspace, result, row.run)
    library.take_along(workspace, row.run)
else:
    look.head(words.TEST_TITLE)
    library.not_yet(shelf)
