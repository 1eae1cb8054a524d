"""The result read aloud: espeak-ng on the server turns the sentence on the screen into sound, in its language.

espeak-ng is a formant synthesiser: it needs no network and 50 ms a sentence, and it sounds like one. The words are
those of the screen; only units and signs that it would spell ("s", "%") are written out for it.
"""

from __future__ import annotations

import functools
import io
import re
import shutil
import subprocess
import wave
from collections.abc import Mapping
from typing import Final

from peea.language import Language, current_language, t
from peea.language.rules import VoiceRules

PROGRAM: Final = "espeak-ng"

VOICES: Final[Mapping[Language, str]] = {Language.ENGLISH: "en-gb", Language.CHINESE: "cmn-latn-pinyin"}
"""espeak-ng's voice for each language of the app. Its voice "cmn" reads Chinese characters, which it first writes as
pinyin, with English letters (espeak-ng issues 1028 and 1163, up to 1.51); the one that takes Latin letters as pinyin
does not."""

LONGEST_TEXT: Final = 2000
"""Characters of a sentence to be read; ours have some 200."""

_WRITTEN_OUT: Final[Mapping[Language, tuple[tuple[str, str], ...]]] = {
    Language.ENGLISH: (
        (r"(?<=\d) s\b", " seconds"),
        (r"(?<=\d) min\b", " minutes"),
        (r"(?<=\d) m\b", " metres"),
        (r" ?%", " percent"),
    ),
    # espeak-ng leaves out the decimal point, and reads the first character of "again" as that of "heavy"; the one that
    # stands in for it here sounds right.
    Language.CHINESE: ((r"(\d+(?:\.\d+)?) ?%", r"百分之\1"), (r"(?<=\d)\.(?=\d)", "点"), ("重新", "虫新")),
}


class VoiceError(RuntimeError):
    """The sentence could not be read aloud; the message says why and what to do."""


class VoiceMissingError(VoiceError):
    """espeak-ng is not installed."""


def spoken_form(sentence: str, language: Language) -> str:
    """Return a sentence as it is to be read: units and signs written out.

    >>> spoken_form("Held for 6.2 s of 21 s, too dark in 78 %.", Language.ENGLISH)
    'Held for 6.2 seconds of 21 seconds, too dark in 78 percent.'
    """
    for pattern, words in _WRITTEN_OUT[language]:
        sentence = re.sub(pattern, words, sentence)
    return sentence


def speak(sentence: str, rules: VoiceRules | None = None, language: Language | None = None) -> bytes:
    """Return a sentence as sound: a WAV file of 16-bit mono samples.

    Args:
        sentence: what stands on the screen.
        rules: speed and time limit of the site.
        language: of the sentence; the current one by default.

    Raises:
        VoiceMissingError: espeak-ng is not installed.
        VoiceError: the sentence is empty or too long, or espeak-ng failed or took too long.
    """
    rules, language = rules or VoiceRules(), language or current_language()
    text = spoken_form(sentence, language).strip()
    if not text or len(text) > LONGEST_TEXT:
        raise VoiceError(t("There is no sentence to read aloud."))
    return _spoken(text, VOICES[language], rules.words_a_minute, rules.longest_s)


@functools.lru_cache(maxsize=32)
def _spoken(text: str, voice: str, words_a_minute: int, longest_s: float) -> bytes:
    program = shutil.which(PROGRAM)
    if program is None:
        raise VoiceMissingError(
            t("Results cannot be read aloud: espeak-ng is not installed on the server (apt-get install espeak-ng).")
        )
    try:
        # The text goes in by standard input: never through a shell, and never where it could be taken for an option.
        done = subprocess.run(
            [program, "-v", voice, "-s", str(words_a_minute), "-b", "1", "--stdin", "--stdout"],
            input=text.encode(),
            capture_output=True,
            timeout=longest_s,
            check=True,
        )
    except subprocess.TimeoutExpired as error:
        raise VoiceError(t("Reading aloud took too long and was given up.")) from error
    except (subprocess.CalledProcessError, OSError) as error:
        raise VoiceError(t("Reading aloud failed. Look at the installation of espeak-ng.")) from error
    return _whole_wav(done.stdout)


def _whole_wav(streamed: bytes) -> bytes:
    """Return the sound with the right length in its header: espeak-ng writes the header before it knows it."""
    try:
        with wave.open(io.BytesIO(streamed)) as source:
            channels, width, rate = source.getnchannels(), source.getsampwidth(), source.getframerate()
            samples = source.readframes(len(streamed))
    except (wave.Error, EOFError) as error:
        raise VoiceError(t("Reading aloud failed. Look at the installation of espeak-ng.")) from error
    whole = io.BytesIO()
    with wave.open(whole, "wb") as target:
        target.setnchannels(channels)
        target.setsampwidth(width)
        target.setframerate(rate)
        target.writeframes(samples)
    return whole.getvalue()
