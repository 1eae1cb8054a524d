"""The settings of language and voice."""

from __future__ import annotations

from dataclasses import dataclass, field

from peea.language import Language

BROWSER = "browser"


@dataclass(frozen=True)
class LanguageRules:
    """The language in which the app opens.

    Attributes:
        default: "en", "zh-Hans", or "browser" for the language of the reader's browser where PEEA speaks it and English
            where not. Whoever presses the other language at the top of a page keeps it in that browser.
    """

    default: str = field(default=BROWSER, metadata={"unit": "en, zh-Hans or browser"})

    def __post_init__(self) -> None:
        allowed = (*(language.value for language in Language), BROWSER)
        if self.default not in allowed:
            raise ValueError(f"default is {self.default!r}; it must be one of {', '.join(allowed)}")


@dataclass(frozen=True)
class VoiceRules:
    """The voice that reads the result aloud, on the server's espeak-ng.

    Attributes:
        muted: 1 to keep silent: results are then not offered aloud. A ward of six beds may want that.
        words_a_minute: speed; espeak-ng's usual 175 is fast for someone who is hard of hearing.
        longest_s: seconds after which an attempt to speak is given up; a sentence takes espeak-ng some 50 ms.
    """

    muted: int = field(default=0, metadata={"unit": "0 or 1", "least": 0, "most": 1})
    words_a_minute: int = field(default=150, metadata={"unit": "words a minute", "least": 80, "most": 300})
    longest_s: float = field(default=10.0, metadata={"unit": "s", "least": 1.0, "most": 60.0})
