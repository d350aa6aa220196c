"""Photos, in three steps: bring them, check the faces, split them."""

from core.data import versions
from ui import dataset_choice, jobs, navigation, page, server, state
from ui.experiments import damaged, storage
from ui.photos import check, search, split, steps, upload
from ui.text import photos as words

navigation.enter()
workspace = server.workspace()
job = jobs.open_job(workspace, *jobs.SEARCHES)
if job:
    steps.bar("check", all_open=False)
    page.head(words.FINDING)
    state.CROP_JOB.set(job.id)
    search.show(workspace, job)
else:
    search.settle(workspace)
    found = versions.list_datasets(workspace)
    chosen = dataset_choice.chosen(found) if found else None
    step = steps.current(chosen)
    if found or not upload.is_webcam(workspace):
        steps.bar(step, all_open=bool(found))
    if chosen is None or step == "bring":
        upload.head(workspace)
        upload.form(workspace, found, chosen)
    elif step == "check":
        check.show(workspace, found, chosen)
    else:
        split.show(workspace, found, chosen)
    damaged.show(damaged.datasets(workspace))
    storage.show(workspace, chosen)
