"""Logs: one JSON object a line, and nothing of a patient in any.

What a program says when something goes wrong is where names leak: the message of an exception quotes the value that was
wrong, a warning names the file. So a line is not what the program said, but what is safe of it. Of a message the words
that stand in the program's code, and numbers; texts that were put into it are left out, but for the names of classes of
errors. Of an exception its class and the places in the program that it passed, without its message.
"""

from __future__ import annotations

import json
import logging
import logging.handlers
import re
import sys
import threading
import traceback
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import Any, Final

from peea.watch.rules import WatchRules

LOG_FILE: Final = "peea.log"
LEFT_OUT: Final = "…"
MOST_PLACES: Final = 12
"""Places of an exception that are written, the last ones: where it arose."""

QUIET: Final = ("aioice", "aiortc", "streamlit_webrtc", "PIL", "matplotlib", "fontTools", "asyncio", "uvicorn.access")
"""Libraries of which only warnings are of use; what some tell of each connection holds the addresses of tablets and of
pages."""

_ERROR_CLASS: Final = re.compile(r"[A-Z]\w*(Error|Exception|Warning|Interrupt|Cancelled)")
_QUOTED: Final = re.compile(r"(['\"`]).*?\1")
_MADE: Final = "peea_log"
"""Marks the handlers made here, so that setting up again replaces them."""


def set_up_logs(rules: WatchRules) -> None:
    """Write all logs of this process as safe lines: to the console and, if a folder is set, to files that rotate.

    A folder that cannot be written is told on the console: PEEA works all the same.
    """
    handlers: list[logging.Handler] = [logging.StreamHandler(sys.stderr)]
    refused: OSError | None = None
    if rules.log_folder:
        try:
            handlers.append(_file_handler(Path(rules.log_folder), rules))
        except OSError as error:
            refused = error
    root = logging.getLogger()
    for old in [one for one in root.handlers if getattr(one, _MADE, False)]:
        root.removeHandler(old)
        old.close()
    for handler in handlers:
        setattr(handler, _MADE, True)
        handler.setFormatter(SafeLines())
        root.addHandler(handler)
    root.setLevel(rules.log_level)
    for name in QUIET:
        logging.getLogger(name).setLevel(max(logging.WARNING, root.level))
    _take_over_the_server_s_own()
    logging.captureWarnings(True)
    # The logging library would print what it could not write, with everything that was put into it.
    logging.raiseExceptions = False
    sys.excepthook = _tell_of_the_last
    threading.excepthook = _tell_of_a_thread
    if refused is not None:
        logging.getLogger("peea").error("logs cannot be written into their folder", exc_info=refused)


def _file_handler(folder: Path, rules: WatchRules) -> logging.Handler:
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / LOG_FILE
    handler = logging.handlers.RotatingFileHandler(
        file, maxBytes=rules.log_megabytes * 1_000_000, backupCount=rules.log_files, encoding="utf-8"
    )
    file.chmod(0o600)
    return handler


def _take_over_the_server_s_own() -> None:
    """Have Streamlit and its web server write through us: by themselves they print messages of exceptions whole."""
    for name, logger in list(logging.root.manager.loggerDict.items()):
        if isinstance(logger, logging.Logger) and name.split(".")[0] in ("streamlit", "uvicorn"):
            for handler in list(logger.handlers):
                logger.removeHandler(handler)
            logger.propagate = True


def _tell_of_the_last(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
    if issubclass(kind, KeyboardInterrupt):
        return
    logging.getLogger("peea").critical("the program ended by an error", exc_info=(kind, error, trace))


def _tell_of_a_thread(ended: threading.ExceptHookArgs) -> None:
    if ended.exc_value is not None and not issubclass(ended.exc_type, SystemExit):
        told = (ended.exc_type, ended.exc_value, ended.exc_traceback)
        logging.getLogger("peea").error("a thread ended by an error", exc_info=told)


class SafeLines(logging.Formatter):
    """Writes a log record as one line of JSON that holds nothing of a patient.

    >>> record = logging.LogRecord("peea", 30, "", 0, "%s: left out %d pictures", ("Ada Kim.mp4", 3), None)
    >>> json.loads(SafeLines().format(record))["what"]
    '…: left out 3 pictures'
    """

    def format(self, record: logging.LogRecord) -> str:
        """Return the line."""
        line: dict[str, Any] = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "what": _message(record),
        }
        if record.exc_info and record.exc_info[1] is not None:
            line["errors"] = [type(error).__name__ for error in _chain(record.exc_info[1])]
            line["places"] = _places(record.exc_info[2])
        return json.dumps(line, ensure_ascii=False)


def _message(record: logging.LogRecord) -> str:
    """Return the words of the program's code, with the safe ones of what was put into them."""
    words = str(record.msg).split("\n", 1)[0]
    if not record.name.startswith("peea"):
        # Others may have put values into their words before they handed them over, mostly in quotes.
        words = _QUOTED.sub(LEFT_OUT, words)
    values = record.args
    if not values:
        return words
    safe: Any
    if isinstance(values, dict):
        safe = {name: _safe(value) for name, value in values.items()}
    else:
        safe = tuple(_safe(value) for value in (values if isinstance(values, tuple) else (values,)))
    try:
        return words % safe
    except (TypeError, ValueError, KeyError):  # a place for a number to which a text was left out
        return words


def _safe(value: object) -> object:
    if value is None or isinstance(value, bool | int | float):
        return value
    if isinstance(value, str) and _ERROR_CLASS.fullmatch(value):
        return value
    return LEFT_OUT


def _chain(error: BaseException) -> list[BaseException]:
    found: list[BaseException] = []
    following: BaseException | None = error
    while following is not None and following not in found:
        found.append(following)
        following = following.__cause__ or following.__context__
    return found


def _places(trace: TracebackType | None) -> list[str]:
    frames = traceback.extract_tb(trace)[-MOST_PLACES:]
    return [f"{'/'.join(Path(one.filename).parts[-2:])}:{one.lineno} {one.name}" for one in frames]
