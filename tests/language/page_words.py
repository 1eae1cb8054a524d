"""Every word that a page shows, wherever it stands: texts, labels, options, tables, charts."""

from __future__ import annotations

import html
import json
import re
from collections.abc import Iterator
from typing import Any

SHOWN_OF_A_CHART = ("text", "name", "title", "ticktext", "hovertemplate", "customdata")
HIDDEN_TRACES = {"moments"}
"""Names of traces that are never shown: ids by which the code finds them."""


def texts_of(app: Any) -> Iterator[tuple[str, str]]:
    """Yield (where, text) for everything that a page shows."""
    for element in _elements(app.main):
        kind, proto = element.type, element.proto
        if kind == "html":
            yield kind, _of_html(proto.body)
        elif kind == "plotly_chart":
            yield "chart", " ".join(_of_chart(json.loads(proto.spec)))
            yield "chart alt", getattr(proto, "alt", "")
        elif kind in ("arrow_data_frame", "dataframe", "table"):
            frame = element.value
            yield "table head", " ".join(map(str, frame.columns))
            yield "table", " ".join(str(cell) for cell in frame.to_numpy().ravel() if isinstance(cell, str))
        elif kind in ("json", "imgs", "audio"):
            continue
        else:
            for field in ("label", "body", "placeholder", "help", "text", "value"):
                found = getattr(proto, field, "")
                if isinstance(found, str):
                    yield f"{kind} {field}", found
            for option in getattr(proto, "options", ()):
                yield f"{kind} option", option if isinstance(option, str) else getattr(option, "content", "")


def _elements(block: Any) -> Iterator[Any]:
    for child in block.children.values():
        if hasattr(child, "children"):
            label = getattr(getattr(child.proto, "expandable", None), "label", "") if child.proto else ""
            tab = getattr(getattr(child.proto, "tab", None), "label", "") if child.proto else ""
            if label or tab:
                yield _Labelled(f"{label} {tab}")
            yield from _elements(child)
        else:
            yield child


class _Labelled:
    """A block with a label of its own, as one more element."""

    type = "block"

    def __init__(self, label: str) -> None:
        self.proto = type("Proto", (), {"label": label})


def _of_html(body: str) -> str:
    without = re.sub(r"<(script|style)\b.*?</\1>", " ", body, flags=re.DOTALL)
    said = re.findall(r'(?:aria-label|title|alt)="([^"]*)"', without)
    return html.unescape(" ".join([re.sub(r"<[^>]*>", " ", without), *said]))


def _of_chart(part: Any, key: str = "") -> Iterator[str]:
    if isinstance(part, dict):
        for name, value in part.items():
            if name != "template":
                yield from _of_chart(value, name)
    elif isinstance(part, list):
        for value in part:
            yield from _of_chart(value, key)
    elif isinstance(part, str) and key in SHOWN_OF_A_CHART and part not in HIDDEN_TRACES:
        yield re.sub(r"<[^>]*>|%\{[^}]*\}", " ", part)
