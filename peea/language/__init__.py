"""The languages of the app: every sentence that a user sees goes through `t`.

English is written in the code; the other languages are gettext catalogues (catalogs/LANGUAGE.po), read with Babel. The
language is chosen per visit or command with `using_language`; in a thread that nobody told, it is English::

    t("Choose a patient")
    t("{found} of {total} patients", found=3, total=25)
    tn("{n} patient", "{n} patients", 3)
"""

from __future__ import annotations

import functools
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from enum import StrEnum
from pathlib import Path
from typing import Final

from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po

CATALOGS: Final = Path(__file__).parent / "catalogs"


class Language(StrEnum):
    """A language of the app, by its BCP 47 tag."""

    ENGLISH = "en"
    CHINESE = "zh-Hans"


LANGUAGE_NAMES: Final = {Language.ENGLISH: "English", Language.CHINESE: "简体中文"}
"""Each language's own name."""

_current: ContextVar[Language] = ContextVar("language", default=Language.ENGLISH)


def current_language() -> Language:
    """Return the language in which `t` answers here."""
    return _current.get()


def set_language(language: Language) -> None:
    """Answer in this language from here on in this thread; for a page, which Streamlit runs from top to bottom."""
    _current.set(language)


@contextmanager
def using_language(language: Language) -> Iterator[None]:
    """Answer in this language inside the block."""
    token = _current.set(language)
    try:
        yield
    finally:
        _current.reset(token)


def t(english: str, /, **named: object) -> str:
    """Return a sentence in the current language, its {names} filled in; English where the catalogue has none."""
    sentence = english
    if _current.get() is not Language.ENGLISH:
        found = catalog(_current.get()).get(english)
        sentence = str(found.string) if found is not None and found.string else english
    return sentence.format(**named) if named else sentence


def tn(one: str, many: str, n: int, /, **named: object) -> str:
    """Return the form of a sentence for `n` things; {n} is filled in."""
    return t(one if n == 1 and _current.get() is Language.ENGLISH else many, n=n, **named)


@functools.cache
def catalog(language: Language) -> Catalog:
    """Return the catalogue of a language other than English."""
    with (CATALOGS / f"{language.value}.po").open("rb") as file:
        return read_po(file, locale=language.value.replace("-", "_"))
