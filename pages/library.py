"""My experiments: all of them in one table; open one again, rename it, take it along, delete it, bring one back."""

from itertools import chain

from core.experiments import listing
from core.sweeps.sweep import list_sweeps
from ui import navigation, page, server
from ui.experiments import damaged, library, storage
from ui.text import common
from ui.text import experiments as words

navigation.enter()
workspace = server.workspace()
listed = listing.list_all(workspace)
compared = list_sweeps(workspace)
if listed.rows:
    page.head(common.LIBRARY, words.LIBRARY_HOW)
    library.actions(workspace, library.table(listed.rows, listed.of_sweeps))
else:
    page.head(common.LIBRARY)
    if not compared:
        page.missing(words.NO_EXPERIMENTS, words.TO_TRAIN, navigation.TRAIN)
library.sweeps(workspace, compared)
unreadable = damaged.datasets(workspace), damaged.runs(workspace), damaged.sweeps(workspace)
damaged.show(chain(*unreadable, damaged.jobs(workspace)))
library.bring_back(workspace)
storage.show(workspace)
