"""Train: choose what may learn, start, and watch."""

from core.photos import dataset as datasets
from ui import experiment, look, places, server, words

places.enter()
workspace = server.workspace()
run = experiment.shown(workspace)
if run:
    look.styles()
    experiment.watch(workspace, run)
elif found := datasets.list_datasets(workspace):
    look.head(words.TRAIN_TITLE, words.FROZEN_STILL_WORK)
    experiment.prepare(workspace, found)
else:
    look.head(words.TRAIN_TITLE)
    look.missing(words.NO_PHOTOS, words.TO_PHOTOS, places.PHOTOS)
