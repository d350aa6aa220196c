"""My experiments: all of them in one table; open one again, rename it, take it along, delete it, bring one back."""

from core import experiments
from core.sweeps.folder import list_sweeps
from ui import going_away, library, look, places, server, words
from ui.compare import listed

places.enter()
workspace = server.workspace()
shelf = experiments.shelf(workspace)
compared = list_sweeps(workspace)
if shelf.rows:
    look.head(words.LIBRARY, words.LIBRARY_HOW)
    library.actions(workspace, library.table(shelf.rows, shelf.of_sweeps))
else:
    look.head(words.LIBRARY)
    if not compared:
        look.missing(words.NO_EXPERIMENTS, words.TO_TRAIN, places.TRAIN)
library.damaged(workspace, shelf)
listed.section(workspace, compared)
listed.damaged(workspace)
library.bring_back(workspace)
going_away.offer(workspace)
