"""Photos: bring them, watch the faces being found, see the three stacks."""

from core.photos import dataset as datasets
from ui import bring, collection, jobs, live, look, places, server, state, words
from ui.state import Widget

places.enter()
workspace = server.workspace()
job = jobs.open_job(workspace, "crop", "fetch")
if job:
    look.head(words.FINDING)
    state.CROP_JOB.set(job.id)
    live.crop(workspace, job)
else:
    bring.settle(workspace)
    found = datasets.list_datasets(workspace)
    if found and not state.BRINGING_PHOTOS.get():
        chosen = collection.chosen(found)
        look.head(words.faces_ready(len(chosen.items), len(chosen.people)))
        collection.pick(found, chosen, words.PHOTOS_OF, Widget.PHOTOS_OF)
        collection.show(workspace, chosen)
    else:
        look.head(words.BRING, words.BRING_HOW)
        bring.form(workspace, back=bool(found))
        chosen = None
    collection.going_away(workspace, chosen)
