"""Logs hold nothing of a patient, whatever went wrong."""

from __future__ import annotations

import json
import logging
import sys
import threading

import pytest

from peea.settings import load_settings
from peea.watch.logs import LOG_FILE, SafeLines, set_up_logs
from peea.watch.rules import WatchRules


@pytest.fixture
def logs(tmp_path):
    """Set logs up in a folder; a function returns the lines so far. Everything is put back afterwards."""
    root, hooks = logging.getLogger(), (sys.excepthook, threading.excepthook)
    handlers, level = list(root.handlers), root.level
    set_up_logs(WatchRules(log_folder=str(tmp_path / "logs")))

    def lines():
        return [json.loads(line) for line in (tmp_path / "logs" / LOG_FILE).read_text(encoding="utf-8").splitlines()]

    yield lines
    for handler in set(root.handlers) - set(handlers):
        root.removeHandler(handler)
        handler.close()
    root.handlers, root.level = handlers, level
    sys.excepthook, threading.excepthook = hooks
    logging.captureWarnings(False)
    logging.raiseExceptions = True


def test_a_line_says_when_what_and_how_grave(logs):
    logging.getLogger("peea.frames").warning("%d pictures of a recording were left out", 3)
    (line,) = logs()
    assert line["what"] == "3 pictures of a recording were left out"
    assert (line["level"], line["logger"]) == ("WARNING", "peea.frames")
    assert line["at"].endswith("+00:00")


def test_texts_in_a_message_are_left_out_and_classes_of_errors_are_not(logs):
    logging.getLogger("peea").warning("%s: told %s of %r", "Ada Kim.mp4", "DatabaseLockedError", {"name": "Ada Kim"})
    logging.getLogger("other").warning("no patient 'Ada Kim' and no \"Kim\"")
    assert [line["what"] for line in logs()] == [
        "…: told DatabaseLockedError of '…'",
        "no patient … and no …",
    ]


def test_of_an_exception_its_class_and_places_are_written_and_not_its_message(logs):
    try:
        try:
            raise KeyError("Ada Kim")
        except KeyError as error:
            raise ValueError("P-0001 of Ada Kim is wrong") from error
    except ValueError:
        logging.getLogger("peea.pages").exception("a page failed")
    (line,) = logs()
    assert line["errors"] == ["ValueError", "KeyError"]
    assert line["places"][0].startswith("watch/test_logs.py:")
    assert "Ada" not in json.dumps(line)
    assert "P-0001" not in json.dumps(line)


def test_what_ends_a_thread_is_told_without_its_message(logs, capsys):
    def fails():
        raise ValueError("Ada Kim")

    thread = threading.Thread(target=fails)
    thread.start()
    thread.join()
    (line,) = logs()
    assert line["errors"] == ["ValueError"]
    assert "Ada" not in json.dumps(line) + capsys.readouterr().err


def test_log_files_rotate_and_are_for_this_account_alone(logs, tmp_path):
    handler = next(one for one in logging.getLogger().handlers if getattr(one, "baseFilename", "").endswith(LOG_FILE))
    handler.maxBytes, handler.backupCount = 2_000, 3
    for number in range(200):
        logging.getLogger("peea").info("line %d", number)
    files = sorted(path.name for path in (tmp_path / "logs").iterdir())
    assert files == ["peea.log", "peea.log.1", "peea.log.2", "peea.log.3"]
    assert all(path.stat().st_size <= 2_000 for path in (tmp_path / "logs").iterdir())


def test_folder_and_level_are_settings(tmp_path):
    site = tmp_path / "site.toml"
    site.write_text(f'[watch]\nlog_folder = "{tmp_path}"\nlog_level = "ERROR"\n')
    assert load_settings(site).watch == WatchRules(log_folder=str(tmp_path), log_level="ERROR")


def test_a_folder_that_cannot_be_written_is_told_and_stops_nothing(logs, tmp_path, capsys):
    (tmp_path / "file").touch()
    set_up_logs(WatchRules(log_folder=str(tmp_path / "file")))
    assert "logs cannot be written" in capsys.readouterr().err


def test_setting_up_again_does_not_write_twice(logs, tmp_path):
    set_up_logs(WatchRules(log_folder=str(tmp_path / "logs")))
    logging.getLogger("peea").info("once")
    assert len(logs()) == 1


def test_the_example_of_a_line_is_json():
    record = logging.LogRecord("peea", logging.INFO, "", 0, "Schmerz\nzwei Zeilen", None, None)
    assert "\n" not in SafeLines().format(record)
