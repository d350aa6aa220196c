"""Compare: guess first, try every stop at once, watch it fill in, read one headline."""

from core.data import versions
from core.sweeps.sweep import list_sweeps
from ui import navigation, page, server
from ui.compare import prepare, result, selection, watching
from ui.experiments import damaged
from ui.text import compare as words
from ui.text import train as train_words

navigation.enter()
workspace = server.workspace()
found = versions.list_datasets(workspace)
trainable = [dataset for dataset in found if dataset.is_trainable]
# Read once: each has its plan and its photos.
everything = list_sweeps(workspace)
sweep = selection.shown(everything, trainable)
if sweep and selection.is_open(sweep):
    page.styles()
    watching.watch(workspace, sweep)
elif sweep:
    page.styles()
    result.read(workspace, sweep, everything)
elif trainable:
    prepare.draw(workspace, trainable, everything)
else:
    page.head(words.QUESTIONS["depth"])
    reason = train_words.NOT_TRAINABLE if found else train_words.NO_PHOTOS
    page.missing(reason, train_words.TO_PHOTOS, navigation.PHOTOS)
damaged.show([*damaged.datasets(workspace), *damaged.sweeps(workspace)])
selection.scroll_up()
