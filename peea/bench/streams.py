"""Cameras played to the road: how many frames a second are graded for several at once, how late, and the memory."""

from __future__ import annotations

import itertools
import os
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from peea.bench.material import CAMERA_RATE
from peea.faces.patient_face import FaceFinder
from peea.frames import Frame
from peea.graders import Grader
from peea.inference.openvino_backend import usable_cores
from peea.live.session import LiveSession
from peea.live.turns import Turns
from peea.live.view import LiveView, Stage
from peea.scales import Context, Grade
from peea.settings import Settings


@dataclass(frozen=True)
class Stream:
    """What so many sessions got.

    Attributes:
        sessions: at once, each with a camera of 25 frames a second.
        graded_a_second: of each session.
        late_ms: 95th percentile of the time from a frame's arrival to its grade.
        late_first_ms, late_last_ms: median of it in the first and the last third: growth would be a queue.
        memory_mb: growth of this program's memory from the first third to the end.
        seconds: that were measured.
    """

    sessions: int
    graded_a_second: tuple[float, ...]
    late_ms: float
    late_first_ms: float
    late_last_ms: float
    memory_mb: float
    seconds: float


def resident_mb() -> float:
    """Return the memory that this program holds now, in MB."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 2**20


def peak_mb() -> float:
    """Return the most memory that this program has held."""
    import resource

    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def play(frames: Sequence[Frame], grader: Grader, sessions: int, seconds: float, settings: Settings) -> Stream:
    """Play so many cameras for so long; all of them monitor, and all of them see the same patient."""
    turns = Turns(usable_cores())
    bedsides = [LiveSession(lambda: FaceFinder(settings.faces), grader, turns, settings) for _ in range(sessions)]
    seen: list[list[tuple[float, LiveView]]] = [[] for _ in bedsides]
    stop = threading.Event()

    def camera(number: int) -> None:
        """Offer the frames at their rate; look at what was graded as the page's picture does."""
        begun = time.monotonic() + number / CAMERA_RATE / sessions
        last = -1.0
        for count, frame in enumerate(itertools.cycle(frames)):
            wait = begun + count / CAMERA_RATE - time.monotonic()
            if stop.wait(max(0.0, wait)):
                return
            bedsides[number].offer(Frame(count / CAMERA_RATE, frame.image))
            view = bedsides[number].view
            if view.stage is Stage.READY:
                bedsides[number].start(Context.REST, monitor_from=Grade.INTENSE)
            if view.stage is Stage.MONITORING and view.record is not None and view.record.time_s != last:
                last = view.record.time_s
                seen[number].append((time.monotonic(), view))

    cameras = [threading.Thread(target=camera, args=(number,), daemon=True) for number in range(sessions)]
    for each in cameras:
        each.start()
    time.sleep(seconds / 3)
    before_mb = resident_mb()
    counted_from, begun = [len(each.records) for each in bedsides], time.monotonic()
    time.sleep(2 * seconds / 3)
    rates = tuple(
        (len(each.records) - before) / (time.monotonic() - begun)
        for each, before in zip(bedsides, counted_from, strict=True)
    )
    after_mb = resident_mb()
    stop.set()
    for each in cameras:
        each.join()
    for bedside in bedsides:
        bedside.stop()
    turns.close()
    late = [np.array([view.behind_s for _, view in one]) * 1e3 for one in seen if one]
    together = np.concatenate(late) if late else np.array([np.nan])
    first = np.concatenate([one[: len(one) // 3] for one in late]) if late else together
    last_third = np.concatenate([one[2 * len(one) // 3 :] for one in late]) if late else together
    return Stream(
        sessions,
        rates,
        float(np.quantile(together, 0.95)),
        float(np.median(first)),
        float(np.median(last_third)),
        after_mb - before_mb,
        seconds,
    )
