"""Doing one step of the road while the next one is busy: an iterator that is filled by a thread of its own."""

from __future__ import annotations

import contextvars
import queue
import threading
from collections.abc import Generator, Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from typing import Final, TypeVar

Item = TypeVar("Item")

_END: Final = object()


@dataclass(frozen=True)
class _Failed:
    """What the thread ended with instead of an item."""

    error: BaseException


def ahead(items: Iterable[Item], held: int) -> Iterator[Item]:
    """Yield the items in order; a thread fetches up to `held` of them (and one more in its hands) ahead.

    The thread starts with the first item asked for and has ended when the iterator is exhausted or closed. An error in
    the thread is raised here, after the items before it. The thread sees the context variables (the language) of the
    one who asks.

    Args:
        items: fetched in the thread; a generator is closed there at the end.
        held: 1 or more.
    """
    ready: queue.Queue[object] = queue.Queue(held)
    stopped = threading.Event()

    def fill() -> None:
        last: object = _END
        try:
            for item in items:
                ready.put(item)
                if stopped.is_set():
                    break
        except BaseException as error:  # noqa: BLE001 - raised again where the items are asked for
            last = _Failed(error)
        finally:
            if isinstance(items, Generator):
                items.close()
            ready.put(last)

    thread = threading.Thread(target=contextvars.copy_context().run, args=(fill,), name="ahead", daemon=True)
    thread.start()
    try:
        while (item := ready.get()) is not _END:
            if isinstance(item, _Failed):
                raise item.error
            yield item  # type: ignore[misc]
    finally:
        stopped.set()
        # Make room for the item in the thread's hands and for its last word, so that it is not left waiting.
        while thread.is_alive():
            with suppress(queue.Empty):
                ready.get(timeout=0.05)
        thread.join()
