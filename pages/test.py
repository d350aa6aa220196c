"""Test: the exam first, what changed since the last one, what next; then who is taken for whom, and new photos."""

from core.experiments import listing
from ui import navigation, page, server
from ui.experiments import library
from ui.test import before_after, exam, next_idea, published, reading
from ui.text import test as words

navigation.enter()
workspace = server.workspace()
shelf = listing.shelf(workspace)
row = library.tested(shelf)
if row:
    found = exam.sit(row.run)
    page.head(exam.title(found))
    library.pick(shelf, row)
    reading.result(found.result)
    reading.did(row.run)
    before_after.and_now(workspace, row, (*shelf.tested, *shelf.of_sweeps))
    published.beside(row.config, found.result)
    next_idea.idea(workspace, row, (*shelf.tested, *shelf.of_sweeps))
    exam.views(workspace, found, row.run)
    library.take_along(workspace, row)
else:
    page.head(words.TEST_TITLE)
    library.not_yet(shelf)
