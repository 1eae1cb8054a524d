"""One camera at one bedside: the newest frame, what was found in it, and where the recording stands.

Three kinds of threads meet here: the camera's (`offer`, `camera_ended`), those that grade (`work_once`) and the page's
(`view`, `start`, `stop`, `claim`). The camera never waits: a frame that comes while another one waits takes its place.
Time is the time stamp of the frames, so that dropped ones do not shorten a recording.
"""

from __future__ import annotations

import logging
import threading
import time
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Final

import numpy as np

from peea.assessment import Assessment, FrameRecord
from peea.assessment.road import FindsFace, GradesFaces, concluded, record_of_frame, ungraded
from peea.faces import Problem, Sighting
from peea.frames import Frame
from peea.live.frame_table import FrameTable
from peea.live.monitoring import WINDOW_S, Alert, Monitoring, PainEpisode
from peea.live.turns import Turns
from peea.live.view import LiveView, Stage
from peea.scales import Context, Grade
from peea.settings import Settings
from peea.timeline import MomentOrderError

_log = logging.getLogger(__name__)

CAMERA_NAME: Final = "Live camera"
"""Stands where an assessment of a file has the file's name."""

_RATE_FRAMES: Final = 25
"""Frames over which frames a second are counted."""

_WATCH_EVERY_S: Final = 0.5
"""Seconds of the recording between two looks of the monitoring."""

KeepPicture = Callable[[FrameRecord, np.ndarray], None]
"""Given each graded frame of a recording, with its time in it, and the image, where the patient's consent to key frames
is on; decides what to keep (`peea.live.pictures`)."""


@dataclass
class _Waiting:
    """The frame that waits, and when it came."""

    frame: Frame
    arrived_s: float


class LiveSession:
    """One camera, one patient, one recording or monitoring.

    Args:
        finder_factory: makes a face finder, one for each time that the camera is turned on.
        grader: shared by all sessions.
        turns: shared by all sessions.
        settings: of the site.
        clock: seconds that rise; for tests.
    """

    def __init__(
        self,
        finder_factory: Callable[[], FindsFace],
        grader: GradesFaces,
        turns: Turns,
        settings: Settings,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._make_finder, self._grader, self._turns = finder_factory, grader, turns
        self._settings, self._clock = settings, clock
        self._lock = threading.Lock()
        self._finder: FindsFace | None = None
        self._slot: _Waiting | None = None
        self._in_line = False
        self._stage = Stage.WAITING
        self._usable_since_s: float | None = None
        self._problem: Problem | None = None
        self._newest: FrameRecord | None = None
        self._size = (0, 0)
        self._last_time_s: float | None = None
        self._last_arrival_s: float | None = None
        self._graded_at: deque[float] = deque(maxlen=_RATE_FRAMES)
        self._behind_s = 0.0
        self._dropped = 0
        self._context: Context | None = None
        self._keep: Callable[[Assessment], None] | None = None
        self._keep_picture: KeepPicture | None = None
        self._started: datetime | None = None
        self._origin_s: float | None = None
        self._records = FrameTable()
        self._monitoring: Monitoring | None = None
        self._watched_s = 0.0
        self._result: Assessment | None = None
        self._timer: threading.Timer | None = None

    # ---- the camera's thread

    def offer(self, frame: Frame) -> None:
        """Take the newest frame; the one that still waits is dropped. Never waits for the grading."""
        now = self._clock()
        with self._lock:
            if self._stage in (Stage.FINISHED, Stage.INTERRUPTED):
                return
            self._last_arrival_s = now
            self._dropped += self._slot is not None
            self._slot = _Waiting(frame, now)
            if self._in_line:
                return
            self._in_line = True
        self._turns.ask(self)

    def camera_ended(self) -> None:
        """Note that no more frames will come: the camera was unplugged, the page left or the network lost."""
        self._end(interrupted=True)

    # ---- the grading threads

    def work_once(self) -> bool:
        """Find and, while recording, grade the face of the newest frame; return whether another one waits."""
        with self._lock:
            waiting, self._slot = self._slot, None
            grading = self._stage in (Stage.RECORDING, Stage.MONITORING)
            finder, keep_picture = self._finder, self._keep_picture
            last_s = self._last_time_s
        try:
            if waiting is not None and (last_s is None or waiting.frame.time_s > last_s):
                if finder is None:
                    finder = self._finder = self._make_finder()
                sighting = finder.find(waiting.frame)
                if grading:
                    record = record_of_frame(waiting.frame.time_s, sighting, self._grader)
                else:
                    record = ungraded(waiting.frame.time_s, sighting)
                added = self._take(record, sighting, waiting, grading)
                if keep_picture is not None and added is not None and added.probabilities is not None:
                    keep_picture(added, waiting.frame.image)
        except BaseException:
            with self._lock:
                self._slot, self._in_line = None, False
            raise
        with self._lock:
            self._in_line = self._slot is not None
            return self._in_line

    def _take(self, record: FrameRecord, sighting: Sighting, waiting: _Waiting, graded: bool) -> FrameRecord | None:
        """Put what was found in a frame into the session's state; return the record if it is part of the recording."""
        now = self._clock()
        finished, added = False, None
        with self._lock:
            height, width = waiting.frame.image.shape[:2]
            self._size = (width, height)
            self._last_time_s = record.time_s
            self._graded_at.append(now)
            self._behind_s = now - waiting.arrived_s
            self._newest = record
            self._problem = sighting.problems[0] if sighting.problems else None
            if self._problem is not None:
                self._usable_since_s = None
            elif self._usable_since_s is None:
                self._usable_since_s = record.time_s
            if self._stage in (Stage.WAITING, Stage.READY):
                seen_s = 0.0 if self._usable_since_s is None else record.time_s - self._usable_since_s
                ready = self._usable_since_s is not None and seen_s >= self._settings.live.ready_s
                self._stage = Stage.READY if ready else Stage.WAITING
            elif graded and self._stage in (Stage.RECORDING, Stage.MONITORING):
                added = self._add(record)
                finished = added is None
        if finished:
            self._end(interrupted=False)
        return added

    def _add(self, record: FrameRecord) -> FrameRecord | None:
        """Add a graded frame, its time counted from the start, and return it; None ends the recording.

        The lock is held.
        """
        if self._origin_s is None:
            self._origin_s, self._started = record.time_s, datetime.now(UTC)
        time_s = record.time_s - self._origin_s
        if self._stage is Stage.RECORDING and time_s >= self._settings.live.recording_s:
            return None
        added = replace(record, time_s=time_s)
        self._records.append(added)
        if self._monitoring is not None:
            self._records.forget_before(time_s - self._settings.live.monitored_s)
            if time_s - self._watched_s >= _WATCH_EVERY_S:
                self._watched_s = time_s
                recent = self._records.frames.since(time_s - WINDOW_S)
                self._monitoring.take(recent.moments(self._settings.stability))
        return added

    # ---- the page

    @property
    def view(self) -> LiveView:
        """The session as it is now."""
        now = self._clock()
        with self._lock:
            stamps = self._graded_at
            lately = len(stamps) > 1 and now - stamps[-1] <= self._settings.live.stall_s
            rate = (len(stamps) - 1) / (stamps[-1] - stamps[0]) if lately and stamps[-1] > stamps[0] else 0.0
            arrived = self._last_arrival_s
            return LiveView(
                stage=self._stage,
                camera_on=arrived is not None and now - arrived <= self._settings.live.stall_s,
                problem=self._problem,
                record=self._newest,
                width=self._size[0],
                height=self._size[1],
                done_s=self._records.last_s,
                planned_s=None if self._monitoring is not None else self._settings.live.recording_s,
                frames_a_second=rate,
                behind_s=self._behind_s,
                dropped=self._dropped,
            )

    @property
    def records(self) -> Sequence[FrameRecord]:
        """The graded frames so far; of a monitoring those of its last minutes. Each is read when it is looked at."""
        with self._lock:
            return self._records.frames

    @property
    def episodes(self) -> tuple[PainEpisode, ...]:
        """The stable episodes of pain of a monitoring so far."""
        with self._lock:
            return tuple(self._monitoring.episodes) if self._monitoring is not None else ()

    @property
    def alert(self) -> Alert | None:
        """The last alert of a monitoring."""
        with self._lock:
            return self._monitoring.alert if self._monitoring is not None else None

    @property
    def monitored_from(self) -> Grade | None:
        """The grade from which monitoring raises an alert; None for a recording."""
        return None if self._monitoring is None else self._monitoring.alert_grade

    @property
    def started(self) -> datetime | None:
        """When the recording or monitoring began."""
        return self._started

    @property
    def result(self) -> Assessment | None:
        """The assessment, once the recording has finished or was interrupted after its first frames."""
        return self._result

    def start(
        self,
        context: Context,
        *,
        keep: Callable[[Assessment], None] | None = None,
        keep_picture: KeepPicture | None = None,
        monitor_from: Grade | None = None,
    ) -> bool:
        """Begin a recording, or a monitoring; return whether it began: there must be a usable face.

        Args:
            context: what the patient does.
            keep: given the result if nobody claims it for a while, from a thread of its own.
            keep_picture: given graded frames with their images; only where the patient's consent to key frames is on.
            monitor_from: monitor without an end, with an alert from this grade on.
        """
        with self._lock:
            if self._stage is not Stage.READY:
                return False
            self._context, self._keep, self._keep_picture = context, keep, keep_picture
            if monitor_from is None:
                self._stage = Stage.RECORDING
            else:
                self._stage = Stage.MONITORING
                quiet_s = self._settings.live.alert_quiet_s
                self._monitoring = Monitoring(self._settings.stability, monitor_from, quiet_s)
            self._set_timer(self._settings.live.stall_s, self._look_for_stall)
        return True

    def stop(self) -> None:
        """End at somebody's wish: a monitoring is finished by that, a recording interrupted."""
        self._end(interrupted=self._monitoring is None)

    def claim(self) -> Assessment | None:
        """Take over the result: from now on the page answers for its being saved."""
        with self._lock:
            if self._result is not None:
                self._keep = None
                self._set_timer(None)
            return self._result

    # ---- the end

    def _end(self, interrupted: bool) -> None:
        with self._lock:
            if self._stage not in (Stage.RECORDING, Stage.MONITORING):
                if self._stage in (Stage.WAITING, Stage.READY):
                    # The camera may be turned on again, perhaps in front of somebody else; its time starts anew.
                    self._stage, self._usable_since_s, self._slot = Stage.WAITING, None, None
                    self._finder, self._last_time_s, self._newest, self._problem = None, None, None, None
                return
            self._stage = Stage.INTERRUPTED if interrupted else Stage.FINISHED
            self._slot = None
            self._set_timer(None)
            try:
                self._result = self._concluded(interrupted)
            except MomentOrderError:
                # Ended before the first frame was graded: there is nothing to keep.
                self._result = None
            if self._result is not None and self._keep is not None:
                self._set_timer(self._settings.live.kept_after_s, self._keep_unclaimed)

    def _concluded(self, interrupted: bool) -> Assessment:
        frames = self._records.frames
        origin_s = frames[0].time_s if frames else 0.0
        return concluded(
            [replace(one, time_s=one.time_s - origin_s) for one in frames],
            recording=CAMERA_NAME,
            recorded_at=self._started or datetime.now(UTC),
            context=self._context,
            width=self._size[0],
            height=self._size[1],
            model=self._grader.identity,
            rules=self._settings.stability,
            # Interrupted, the recording is as long as what was graded of it; a full one as long as planned.
            duration_s=None if interrupted or self._monitoring is not None else self._settings.live.recording_s,
            interrupted=interrupted,
        )

    def _keep_unclaimed(self) -> None:
        with self._lock:
            result, keep, self._keep = self._result, self._keep, None
        if result is not None and keep is not None:
            _log.info("a live result that nobody took over is kept")
            keep(result)

    def _look_for_stall(self) -> None:
        """End the recording if no frame has come for `stall_s`; look again later otherwise."""
        stall_s = self._settings.live.stall_s
        with self._lock:
            if self._stage not in (Stage.RECORDING, Stage.MONITORING):
                return
            silent_s = stall_s if self._last_arrival_s is None else self._clock() - self._last_arrival_s
            if silent_s < stall_s:
                self._set_timer(stall_s - silent_s + 0.05, self._look_for_stall)
                return
        self._end(interrupted=True)

    def _set_timer(self, seconds: float | None, do: Callable[[], None] | None = None) -> None:
        """Replace the timer; the lock is held."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        if seconds is not None and do is not None:
            self._timer = threading.Timer(seconds, do)
            self._timer.daemon = True
            self._timer.start()
