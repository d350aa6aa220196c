"""My experiments: all of them in one table; open one again, rename it, take it along, delete it, bring one back."""

from core.experiments import listing
from core.sweeps.sweep import list_sweeps
from ui import look, places, server
from ui.experiments import library, storage, sweeps
from ui.text import common
from ui.text import experiments as words

places.enter()
workspace = server.workspace()
shelf = listing.list_experiments(workspace)
compared = list_sweeps(workspace)
if shelf.rows:
    look.head(common.LIBRARY, words.LIBRARY_HOW)
    library.actions(workspace, library.table(shelf.rows, shelf.of_sweeps))
else:
    look.head(common.LIBRARY)
    if not compared:
        look.missing(words.NO_EXPERIMENTS, words.TO_TRAIN, places.TRAIN)
library.damaged(workspace, shelf)
sweeps.section(workspace, compared)
sweeps.damaged(workspace)
library.bring_back(workspace)
storage.offer(workspace)
