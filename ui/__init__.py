"""What the pages are made of: a folder a page, and beside them what several share.

At the top: session state, jobs that pages ask for, errors as sentences, the pages' places. Logic lives in core.
"""
