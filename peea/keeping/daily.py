"""What is done at start and once a day, beside the pages: what its time is over is removed."""

from __future__ import annotations

import logging
import threading
from pathlib import Path
from typing import Final

from peea.held_recording import remove_left_behind
from peea.keeping.retention import Retention
from peea.keeping.rules import KeepingRules
from peea.store.errors import StoreError

_log = logging.getLogger(__name__)

DAY_S: Final = 24 * 3600.0
ACTOR: Final = "PEEA, daily"


def keep_daily(rules: KeepingRules, path: Path | None = None, every_s: float = DAY_S) -> threading.Event:
    """Remove what is due now and then once a day, in a thread of its own; set the event to end it."""
    stop = threading.Event()

    def work() -> None:
        while not stop.is_set():
            once(rules, path)
            stop.wait(every_s)

    threading.Thread(target=work, name="retention", daemon=True).start()
    return stop


def once(rules: KeepingRules, path: Path | None = None) -> None:
    """Remove what is due; what cannot be done is logged without names, and tried again with the next run."""
    remove_left_behind()
    try:
        with Retention(path, actor=ACTOR) as store:
            removed = store.enforce(rules)
    except StoreError as error:
        _log.warning("retention was not carried out: %s", type(error).__name__)
        return
    except Exception:  # noqa: BLE001 - the thread must live on to the next day; the log has what went wrong
        _log.exception("retention failed")
        return
    for kind, number in removed.items():
        if number:
            _log.info("retention removed %d of %s", number, kind.value)
