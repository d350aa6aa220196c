"""What a page shows, read from an AppTest."""

from __future__ import annotations

import json
from typing import Any

from streamlit.testing.v1 import AppTest

from ui.state import Widget

TEXTS = ("title", "header", "markdown", "caption", "info", "error")


def texts(app: AppTest, *kinds: str) -> str:
    """Return everything that is written on the page, or only what some kinds of elements say."""
    return "\n".join(str(part.value) for kind in kinds or TEXTS for part in app.get(kind))


def markdown(app: AppTest) -> str:
    return texts(app, "markdown")


def captions(app: AppTest) -> str:
    return texts(app, "caption")


def html(app: AppTest) -> str:
    """Return all HTML of our own."""
    return " ".join(str(part.proto.body) for part in app.get("html"))


def components(app: AppTest) -> list[dict[str, Any]]:
    """Return what each of our components draws."""
    return [json.loads(component.proto.json) for component in app.get("bidi_component")]


def widget(app: AppTest, kind: str, key: Widget) -> Any:
    """Find a widget whose key begins with `key`; what decides its default follows in the key."""
    return next(found for found in app.get(kind) if (found.key or "").split("-")[0] == key)


def button_keys(app: AppTest) -> list[str]:
    """Return the keys of all buttons, without what follows in them."""
    return [(button.key or "").split("-")[0] for button in app.button]
