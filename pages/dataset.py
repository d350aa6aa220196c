"""Photos, in three steps: bring them, check the faces, split them."""

from core.photos import dataset as datasets
from ui import (
    bring,
    check,
    collection,
    ended,
    finding,
    going_away,
    jobs,
    look,
    places,
    server,
    split,
    state,
    steps,
    words,
)

places.enter()
workspace = server.workspace()
job = jobs.open_job(workspace, *jobs.SEARCHES)
if job:
    steps.bar("check", all_open=False)
    look.head(words.FINDING)
    state.CROP_JOB.set(job.id)
    finding.show(workspace, job)
else:
    ended.settle(workspace)
    found = datasets.list_datasets(workspace)
    chosen = collection.chosen(found) if found else None
    step = steps.current(chosen)
    steps.bar(step, all_open=bool(found))
    if chosen is None or step == "bring":
        look.head(words.BRING, words.BRING_HOW)
        bring.form(workspace, found, chosen)
    elif step == "check":
        check.show(workspace, found, chosen)
    else:
        split.show(workspace, found, chosen)
    going_away.offer(workspace, chosen)
