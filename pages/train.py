"""Train: choose what may learn, start, and watch."""

from core.data import versions
from ui import navigation, page, server
from ui.experiments import damaged
from ui.text import train as words
from ui.train import experiment

navigation.enter()
workspace = server.workspace()
run = experiment.shown(workspace)
found = versions.list_datasets(workspace)
trainable = [dataset for dataset in found if dataset.is_trainable]
if run:
    page.styles()
    experiment.watch(workspace, run)
elif trainable:
    page.head(words.TRAIN_TITLE, f"{words.DRAG_THE_HANDLE} {words.FROZEN_STILL_WORK}")
    experiment.prepare(workspace, trainable)
else:
    page.head(words.TRAIN_TITLE)
    page.missing(words.NOT_TRAINABLE if found else words.NO_PHOTOS, words.TO_PHOTOS, navigation.PHOTOS)
damaged.show([*damaged.datasets(workspace), *damaged.named_run(workspace)])
