"""The catalogues hold every sentence that the code says, and the rules by which sentences are put together."""

import threading
from string import Formatter

import pytest

from peea.clock import date_text, time_text
from peea.language import (
    Language,
    Names,
    ask_for_language,
    catalog,
    current_language,
    joined,
    language_of,
    later,
    listed,
    set_language,
    t,
    tn,
    using_language,
)
from peea.language.extraction import sentences, updated, write

OTHERS = [language for language in Language if language is not Language.ENGLISH]


@pytest.fixture(autouse=True)
def nobody_asked(monkeypatch):
    """Nobody is asked here; the app, which a page test may have started before in this process, is asked after."""
    monkeypatch.setattr("peea.language._asked", None)
    yield
    set_language(None)


@pytest.mark.parametrize("language", OTHERS)
def test_every_sentence_of_the_code_is_in_the_catalogue(language):
    known = catalog(language)
    said = {sentence.english: sentence.file for sentence in sentences() if sentence.english}
    assert len(said) > 300
    missing = [
        f"{file}: {english}" for english, file in said.items() if not (known.get(english) and known.get(english).string)
    ]
    assert not missing, "untranslated; run python -m peea.language.extraction\n" + "\n".join(missing)


@pytest.mark.parametrize("language", OTHERS)
def test_the_catalogue_holds_nothing_that_nobody_says(language):
    said = {sentence.english for sentence in sentences()}
    assert [message.id for message in catalog(language) if message.id and message.id not in said] == []


@pytest.mark.parametrize("language", OTHERS)
def test_a_translation_has_the_same_names_and_formats_as_the_english(language):
    def parts(sentence):
        return sorted((name, form) for _, name, form, _ in Formatter().parse(sentence) if name)

    differing = [
        (message.id, message.string)
        for message in catalog(language)
        if message.id and message.string and parts(message.id) != parts(message.string)
    ]
    assert differing == []


def test_sentences_are_texts_or_names_of_texts_where_they_are_said():
    """An f-string inside t() could never be translated."""
    unreadable = [f"{sentence.file}:{sentence.line}" for sentence in sentences() if sentence.english is None]
    assert unreadable == []


def test_a_sentence_answers_in_the_language_of_the_moment_and_in_english_where_none_is_known():
    assert t("No pain expression") == "No pain expression"
    with using_language(Language.CHINESE):
        assert t("No pain expression") == "无疼痛表情"
        assert t("{number} s", number=6) == "6 秒"
        assert t("a sentence that no catalogue has: {x}", x=1) == "a sentence that no catalogue has: 1"
        with using_language(Language.ENGLISH):
            assert t("No pain expression") == "No pain expression"
    assert current_language() is Language.ENGLISH


def test_things_are_counted_as_each_language_counts():
    assert tn("{n} patient", "{n} patients", 1) == "1 patient"
    assert tn("{n} patient", "{n} patients", 0) == "0 patients"
    with using_language(Language.CHINESE):
        assert tn("{n} patient", "{n} patients", 1) == tn("{n} patient", "{n} patients", 2).replace("2", "1")


def test_names_in_a_table_are_translated_at_each_look_up():
    names = Names({1: later("Mild"), 2: later("Severe")})
    assert dict(names) == {1: "Mild", 2: "Severe"}
    with using_language(Language.CHINESE):
        assert list(names.values()) == ["轻度疼痛", "重度疼痛"]


def test_sentences_and_lists_are_joined_as_each_language_joins_them():
    assert joined(["One.", "", "Two."]) == "One. Two."
    assert listed(["one", "", "two"]) == "one, two"
    with using_language(Language.CHINESE):
        assert joined(["一。", "二。"]) == "一。二。"
        assert listed(["一", "二"]) == "一，二"


def test_a_thread_that_nobody_told_asks_whoever_knows_the_visit():
    ask_for_language(lambda: Language.CHINESE)
    answers = []
    thread = threading.Thread(target=lambda: answers.append(t("No pain expression")))
    thread.start()
    thread.join()
    assert answers == ["无疼痛表情"]
    with using_language(Language.ENGLISH):
        assert t("No pain expression") == "No pain expression", "what a thread was told comes first"


@pytest.mark.parametrize(
    ("tag", "language"),
    [
        ("zh", Language.CHINESE),
        ("zh_CN", Language.CHINESE),
        ("fr-FR, en;q=0.7", Language.ENGLISH),
        ("fr", None),
        ("", None),
        (None, None),
        ("<script>", None),
    ],
)
def test_what_a_browser_or_an_address_asks_for_is_understood(tag, language):
    assert language_of(tag) is language


def test_dates_are_written_as_the_reader_writes_them():
    from datetime import datetime

    moment = datetime(2026, 11, 1, 4, 5)
    assert time_text(moment) == "1 Nov 2026 04:05"
    with using_language(Language.CHINESE):
        assert date_text(moment) == "2026年11月1日"
        assert time_text(moment) == "2026年11月1日 04:05"


def test_bringing_a_catalogue_up_to_date_finds_every_form_of_saying(tmp_path, monkeypatch):
    """On a small project of its own: t, tn, later, calls of methods called t, texts put together."""
    package = tmp_path / "peea"
    package.mkdir()
    (package / "said.py").write_text(
        't("No pain expression")\n'
        'tn("{n} apple", "{n} apples", 3)\n'
        'NAMES = {1: later("Pear " "tree")}\n'
        "t(NAMES[1])\n"
        'page.t("not ours")\n'
        't(f"{never} translated")\n',
        encoding="utf-8",
    )
    found = sentences(tmp_path)
    assert [sentence.english for sentence in found] == ["No pain expression", "{n} apples", "Pear tree", None]
    made = updated(Language.CHINESE, tmp_path)
    assert {str(message.id): message.string for message in made if message.id} == {
        "No pain expression": "无疼痛表情",
        "{n} apples": "",
        "Pear tree": "",
    }
    monkeypatch.setattr("peea.language.extraction.CATALOGS", tmp_path)
    assert write(Language.CHINESE, tmp_path) == ["{n} apples", "Pear tree"]
    assert 'msgstr "无疼痛表情"' in (tmp_path / "zh-Hans.po").read_text(encoding="utf-8")
