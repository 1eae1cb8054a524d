"""The voice, by measuring its sound."""

import io
import shutil
import subprocess
import wave

import numpy as np
import pytest

from peea.language import Language, using_language
from peea.language.rules import VoiceRules
from peea.records import voice
from peea.records.voice import VoiceError, VoiceMissingError, speak, spoken_form

ENGLISH = "Severe pain expression, held for 6.2 s of 21 s while turning over. Preliminary: please confirm."
CHINESE = "翻身时，21 秒中有 6.2 秒呈重度疼痛表情。初步结果，请确认。"

needs_espeak = pytest.mark.skipif(shutil.which(voice.PROGRAM) is None, reason="espeak-ng is not installed")


@pytest.fixture(autouse=True)
def nothing_remembered():
    voice._spoken.cache_clear()


def sound(wav):
    """(samples from -1 to 1, samples a second) of a WAV file, as any player reads it."""
    with wave.open(io.BytesIO(wav)) as file:
        assert file.getnchannels() == 1
        assert file.getsampwidth() == 2
        samples = np.frombuffer(file.readframes(file.getnframes()), "<i2") / 32768
        assert len(samples) == file.getnframes(), "the header tells the true length"
        return samples, file.getframerate()


@needs_espeak
@pytest.mark.parametrize(("sentence", "language"), [(ENGLISH, Language.ENGLISH), (CHINESE, Language.CHINESE)])
def test_a_sentence_becomes_audible_sound_of_a_plausible_length(sentence, language):
    samples, rate = sound(speak(sentence, language=language))
    assert 3 < len(samples) / rate < 15
    assert np.sqrt(np.mean(samples**2)) > 0.02
    assert np.abs(samples).max() <= 1


@needs_espeak
def test_each_language_has_its_own_voice_and_the_speed_is_the_sites():
    as_english, as_chinese = speak("21", language=Language.ENGLISH), speak("21", language=Language.CHINESE)
    assert as_english != as_chinese
    with using_language(Language.CHINESE):
        assert speak("21") == as_chinese, "the voice follows the reader's language"
    slow, fast = (len(sound(speak(ENGLISH, VoiceRules(words_a_minute=speed)))[0]) for speed in (100, 250))
    assert slow > 1.5 * fast


@needs_espeak
def test_chinese_characters_are_read_in_mandarin_and_not_as_english_letters():
    ask = [voice.PROGRAM, "-v", voice.VOICES[Language.CHINESE], "-x", "-q", "重度疼痛表情"]
    phonemes = subprocess.run(ask, capture_output=True, text=True, check=True).stdout
    assert "(en)" not in phonemes
    assert "th'ong51" in phonemes, "tong4, pain"


@needs_espeak
def test_a_text_that_looks_like_an_option_is_read_and_not_obeyed(tmp_path):
    file = tmp_path / "written.wav"
    samples, rate = sound(speak(f"-w {file} $(touch {file}) ; touch {file}"))
    assert len(samples) / rate > 1
    assert not file.exists()


def test_units_are_written_out_and_words_are_left_alone():
    assert spoken_form("Point the camera at the face from 1 to 1.5 m.", Language.ENGLISH).endswith("1.5 metres.")
    assert spoken_form("录像中 78% 的时间光线过暗。", Language.CHINESE) == "录像中 百分之78 的时间光线过暗。"
    assert spoken_form("请在 1.5 米处重新录制。", Language.CHINESE) == "请在 1点5 米处虫新录制。"
    assert spoken_form("Severe pain.", Language.ENGLISH) == "Severe pain."


def test_without_espeak_a_sentence_says_what_to_install(monkeypatch):
    monkeypatch.setattr(voice, "PROGRAM", "espeak-ng-that-is-not-there")
    with pytest.raises(VoiceMissingError, match="apt-get install espeak-ng"):
        speak(ENGLISH)


@pytest.mark.parametrize(
    ("script", "sentence"),
    [("exec sleep 30", "took too long"), ("exit 3", "failed"), ("echo no sound", "failed")],
)
def test_a_program_that_hangs_fails_or_says_nonsense_is_told_in_a_sentence(tmp_path, monkeypatch, script, sentence):
    program = tmp_path / "espeak"
    program.write_text(f"#!/bin/sh\n{script}\n", encoding="utf-8")
    program.chmod(0o755)
    monkeypatch.setattr(voice, "PROGRAM", str(program))
    with pytest.raises(VoiceError, match=sentence):
        speak(ENGLISH, VoiceRules(longest_s=1.0))


def test_there_is_nothing_to_read_in_an_empty_sentence():
    with pytest.raises(VoiceError, match="no sentence"):
        speak("  ")
