"""Test: the exam first, what changed since the last one, what next; then who is taken for whom, and new photos."""

from core import experiments
from ui import before, exam, library, look, nextstep, places, published, reading, server, words

places.enter()
workspace = server.workspace()
shelf = experiments.shelf(workspace)
row = library.tested(shelf)
if row:
    found = exam.sit(row.run)
    look.head(exam.title(found))
    library.pick(shelf, row)
    reading.result(found.result)
    reading.did(row.run)
    before.and_now(workspace, row, (*shelf.tested, *shelf.of_sweeps))
    published.beside(row.config, found.result)
    nextstep.idea(workspace, row, (*shelf.tested, *shelf.of_sweeps))
    exam.views(workspace, found, row.run)
    library.take_along(workspace, row)
else:
    look.head(words.TEST_TITLE)
    library.not_yet(shelf)
