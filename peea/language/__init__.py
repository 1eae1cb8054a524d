"""The languages of the app: every sentence that a user sees goes through `t`.

English is written in the code; the other languages are gettext catalogues (catalogs/LANGUAGE.po), read with Babel::

    t("Choose a patient")
    t("{found} of {total} patients", found=3, total=25)
    tn("{n} patient", "{n} patients", 3)

`t` is called when the sentence is shown, never at import. Names that stand in a table of the code are marked there with
`later` and looked up through `Names`, which translates at each look-up::

    FRUITS: Final[Mapping[str, str]] = Names({"apple": later("Apple")})

The language is that of the innermost `using_language`, else the one that `set_language` set in this thread, else what
the app says of the visit (`ask_for_language`), else English. A thread that works for a visit is told by it::

    language = current_language()           # in the thread of the page
    with using_language(language): ...      # in the thread that works for it

`python -m peea.language.extraction` brings the catalogues up to date with the code.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from enum import StrEnum
from pathlib import Path
from typing import Final, TypeVar

from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po

CATALOGS: Final = Path(__file__).parent / "catalogs"

Key = TypeVar("Key")


class Language(StrEnum):
    """A language of the app, by its BCP 47 tag."""

    ENGLISH = "en"
    CHINESE = "zh-Hans"


LANGUAGE_NAMES: Final = {Language.ENGLISH: "English", Language.CHINESE: "简体中文"}
"""Each language's own name."""

_current: ContextVar[Language | None] = ContextVar("language", default=None)
_asked: Callable[[], Language | None] | None = None


def current_language() -> Language:
    """Return the language in which `t` answers here."""
    told = _current.get()
    if told is None and _asked is not None:
        told = _asked()
    return told or Language.ENGLISH


def set_language(language: Language | None) -> None:
    """Answer in this language from here on in this thread; None takes that back."""
    _current.set(language)


def ask_for_language(asked: Callable[[], Language | None] | None) -> None:
    """Ask this function for the language wherever no thread was told: the app knows which visit is being served.

    A page's callbacks, dialogs and fragments run in threads of their own, which nobody tells.
    """
    global _asked
    _asked = asked


@contextmanager
def using_language(language: Language) -> Iterator[None]:
    """Answer in this language inside the block."""
    token = _current.set(language)
    try:
        yield
    finally:
        _current.reset(token)


def language_of(tag: str | None) -> Language | None:
    """Return the language of the app that a BCP 47 tag or a list of them (as browsers send) asks for first, or None.

    >>> language_of("zh-CN,zh;q=0.9,en;q=0.8"), language_of("en-GB"), language_of("fr")
    (<Language.CHINESE: 'zh-Hans'>, <Language.ENGLISH: 'en'>, None)
    """
    for one in (tag or "").split(","):
        primary = one.split(";")[0].strip().lower().replace("_", "-").split("-")[0]
        for language in Language:
            if primary == language.value.split("-")[0]:
                return language
    return None


def t(english: str, /, **named: object) -> str:
    """Return a sentence in the current language, its {names} filled in; English where the catalogue has none."""
    sentence = english
    language = current_language()
    if language is not Language.ENGLISH:
        found = catalog(language).get(english)
        sentence = str(found.string) if found is not None and found.string else english
    return sentence.format(**named) if named else sentence


def tn(one: str, many: str, n: int, /, **named: object) -> str:
    """Return the form of a sentence for `n` things; {n} is filled in."""
    return t(one if n == 1 and current_language() is Language.ENGLISH else many, n=n, **named)


def later(english: str) -> str:
    """Return a sentence as it is, and mark it for the catalogue: `t` or `Names` translates it when it is shown."""
    return english


class Names(Mapping[Key, str]):
    """Names by key; each look-up answers in the current language.

    Args:
        english: the names, each marked by `later`.
    """

    def __init__(self, english: Mapping[Key, str]) -> None:
        self._english = dict(english)

    def __getitem__(self, key: Key) -> str:
        return t(self._english[key])

    def __iter__(self) -> Iterator[Key]:
        return iter(self._english)

    def __len__(self) -> int:
        return len(self._english)

    def __repr__(self) -> str:
        return f"Names({self._english!r})"


def joined(sentences: Iterable[str]) -> str:
    """Return sentences one after the other, as this language puts them: Chinese leaves no space between them."""
    return ("" if current_language() is Language.CHINESE else " ").join(filter(None, sentences))


def listed(parts: Iterable[str]) -> str:
    """Return parts of a sentence with the comma that this language puts between the parts of a list."""
    return ("，" if current_language() is Language.CHINESE else ", ").join(filter(None, parts))


def percent(share: float, digits: int = 0) -> str:
    """Return a share, 0-1, in percent as this language writes it.

    >>> percent(0.9825), percent(0.9825, 1)
    ('98 %', '98.2 %')
    """
    return t("{number} %", number=f"{100 * share:.{digits}f}")


@functools.cache
def catalog(language: Language) -> Catalog:
    """Return the catalogue of a language other than English."""
    with (CATALOGS / f"{language.value}.po").open("rb") as file:
        return read_po(file, locale=language.value.replace("-", "_"))
