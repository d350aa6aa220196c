"""What the pages are made of: a folder a page, and `components`, `charts` and `text` that several share.

At the top: `page` (head, styles, errors), `navigation`, `state` (session keys), `jobs` and `job_progress` (work that a
page asks for), `server` (workspace and workers), `dataset_choice`. Logic lives in core.
"""
