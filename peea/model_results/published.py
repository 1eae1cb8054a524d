"""The figures of the papers, which are theirs and on other data. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class PublishedSource:
    """A paper: its short name for tables, and the whole reference."""

    key: str
    short: str
    reference: str


@dataclass(frozen=True)
class PublishedFigure:
    """One figure of a paper.

    Attributes:
        source: key of the paper.
        figure: what it is, a key of `peea.model_results.words.PUBLISHED_NAMES`.
        network: of which network; empty if of none.
        value: the number or, by level, the numbers, as printed there.
        data: on what, a key of `peea.model_results.words.PUBLISHED_DATA`.
    """

    source: str
    figure: str
    network: str
    value: float | tuple[float, ...]
    data: str


def published_from_plain(plain: Mapping[str, Any]) -> tuple[dict[str, PublishedSource], tuple[PublishedFigure, ...]]:
    """Return sources and figures from the content of published.json.

    Raises:
        KeyError, TypeError: it is not of that form.
    """
    sources = {key: PublishedSource(key, each["short"], each["reference"]) for key, each in plain["sources"].items()}
    figures = tuple(
        PublishedFigure(
            source=sources[each["source"]].key,
            figure=each["figure"],
            network=each.get("network", ""),
            value=tuple(each["value"]) if isinstance(each["value"], list) else float(each["value"]),
            data=each["data"],
        )
        for each in plain["figures"]
    )
    return sources, figures
