"""Train: choose what may learn, start, and watch."""

from core.data import dataset as datasets
from ui import look, places, server
from ui.text import train as words
from ui.train import experiment

places.enter()
workspace = server.workspace()
run = experiment.shown(workspace)
found = datasets.list_datasets(workspace)
trainable = [dataset for dataset in found if dataset.is_trainable]
if run:
    look.styles()
    experiment.watch(workspace, run)
elif trainable:
    look.head(words.TRAIN_TITLE, f"{words.DRAG_THE_HANDLE} {words.FROZEN_STILL_WORK}")
    experiment.prepare(workspace, trainable)
else:
    look.head(words.TRAIN_TITLE)
    look.missing(words.NOT_TRAINABLE if found else words.NO_PHOTOS, words.TO_PHOTOS, places.PHOTOS)
