"""Compare: guess first, try every stop at once, watch it fill in, read one headline."""

from core.photos import dataset as datasets
from core.sweeps.folder import list_sweeps
from ui import comparewords, look, places, server, words
from ui.compare import ended, prepare, watching, which

places.enter()
workspace = server.workspace()
found = datasets.list_datasets(workspace)
trainable = [dataset for dataset in found if dataset.is_trainable]
# Read once: each has its plan and its photos.
everything = list_sweeps(workspace)
sweep = which.shown(everything, trainable)
if sweep and which.is_open(sweep):
    look.styles()
    watching.watch(workspace, sweep)
elif sweep:
    look.styles()
    ended.read(workspace, sweep, everything)
elif trainable:
    prepare.draw(workspace, trainable, everything)
else:
    look.head(comparewords.QUESTIONS["depth"])
    look.missing(words.NOT_TRAINABLE if found else words.NO_PHOTOS, words.TO_PHOTOS, places.PHOTOS)
which.scroll_up()
