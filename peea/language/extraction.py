"""Bringing the catalogues up to date: every sentence of the code and of the data that pages show, by its place.

`python -m peea.language.extraction` adds new sentences to each catalogue with an empty translation, keeps those that
are there, drops those that no page says any longer, and lists what waits for a translator.
"""

from __future__ import annotations

import ast
import json
import re
import string
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from babel.messages.catalog import Catalog
from babel.messages.pofile import write_po

from peea.language import CATALOGS, LANGUAGE_NAMES, Language, catalog

ROOT: Final = Path(__file__).resolve().parent.parent.parent

SPOKEN: Final = ("app.py", "pages", "peea")
"""Where sentences are said."""

CARD_FIELDS: Final = ("trained_on", "intended_use")


@dataclass(frozen=True)
class Sentence:
    """A sentence as the code says it, and where.

    Attributes:
        english: the sentence; None where `t` is given something that is no text and no name of one.
        file: relative to the project.
        line: of the call.
    """

    english: str | None
    file: str
    line: int


def sentences(root: Path = ROOT) -> list[Sentence]:
    """Return every sentence that goes through `t`, `tn` or `later`, and those of the data that pages show."""
    found: list[Sentence] = []
    for place in SPOKEN:
        start = root / place
        for file in [start] if start.is_file() else sorted(start.rglob("*.py")):
            if file.parent == Path(__file__).parent:
                continue
            found += _of_code(file, file.relative_to(root).as_posix())
    return [*found, *_of_data(root)]


def updated(language: Language, root: Path = ROOT) -> Catalog:
    """Return the catalogue of a language with exactly the sentences of today, in the order of the code."""
    old = catalog(language)
    new = Catalog(
        locale=old.locale,
        project="PEEA",
        fuzzy=False,
        header_comment=f"# PEEA in {LANGUAGE_NAMES[language]}, kept by python -m peea.language.extraction",
        # Kept as they are, so that a catalogue changes only where a sentence does.
        creation_date=old.creation_date,
        revision_date=old.creation_date,
    )
    places: dict[str, list[tuple[str, int]]] = {}
    for sentence in sentences(root):
        if sentence.english:
            places.setdefault(sentence.english, []).append((sentence.file, sentence.line))
    for english, where in places.items():
        known = old.get(english)
        files = sorted({(file, 0) for file, _ in where})
        new.add(english, known.string if known is not None else "", locations=files)
    return new


def names_in(sentence: str) -> set[str]:
    """Return the {names} of a sentence.

    >>> sorted(names_in("{found} of {total} patients"))
    ['found', 'total']
    """
    return {name for _, name, _, _ in string.Formatter().parse(sentence) if name}


def write(language: Language, root: Path = ROOT) -> list[str]:
    """Write the catalogue of a language, brought up to date; return the sentences that have no translation."""
    new = updated(language, root)
    with (CATALOGS / f"{language.value}.po").open("wb") as file:
        write_po(file, new, width=120, omit_header=False, include_lineno=False, sort_output=False)
    return [str(message.id) for message in new if message.id and not message.string]


def _of_code(file: Path, name: str) -> Iterator[Sentence]:
    calls = [node for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))) if isinstance(node, ast.Call)]
    for node in sorted(calls, key=lambda call: (call.lineno, call.col_offset)):
        if not node.args:
            continue
        called = node.func.id if isinstance(node.func, ast.Name) else getattr(node.func, "attr", "")
        if called not in ("t", "tn", "later") or (called == "t" and isinstance(node.func, ast.Attribute)):
            continue
        # Of "{n} patient" and "{n} patients" the second: languages other than English have one form so far.
        for argument in node.args[1:2] if called == "tn" else node.args[:1]:
            if isinstance(argument, ast.Constant) and isinstance(argument.value, str):
                yield Sentence(argument.value, name, node.lineno)
            elif called != "t" or not isinstance(argument, ast.Name | ast.Attribute | ast.Subscript | ast.Call):
                yield Sentence(None, name, node.lineno)


def _of_data(root: Path) -> Iterator[Sentence]:
    """Titles of the demonstration recordings, and what the cards of the released models say to staff."""
    index = root / "data/demo/index.json"
    if index.is_file():
        for entry in json.loads(index.read_text(encoding="utf-8"))["recordings"]:
            yield Sentence(str(entry["title"]), "data/demo/index.json", 0)
    for card in sorted((root / "models").glob("*/card.json")):
        content, place = json.loads(card.read_text(encoding="utf-8")), card.relative_to(root).as_posix()
        for said in (*(content.get(field) for field in CARD_FIELDS), *content.get("limits", ())):
            # Whose numbers differ from model to model: `peea.model_cards.training_text` says it.
            if said and not re.fullmatch(r"\d+ images of \d+ synthetic \(rendered\) patients\.?", str(said)):
                yield Sentence(re.sub(r"\s+", " ", str(said)).strip(), place, 0)


if __name__ == "__main__":
    for chosen in Language:
        if chosen is not Language.ENGLISH:
            waiting = write(chosen)
            sys.stdout.write(f"{chosen.value}: {len(waiting)} sentences wait for a translation\n")
            sys.stdout.writelines(f"  {sentence}\n" for sentence in waiting)
