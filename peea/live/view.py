"""Where a live session stands at one moment: values for the page and for the picture."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from peea.assessment import FrameRecord
from peea.faces import Problem


class Stage(StrEnum):
    """Where a session stands."""

    WAITING = "waiting"
    READY = "ready"
    RECORDING = "recording"
    MONITORING = "monitoring"
    FINISHED = "finished"
    INTERRUPTED = "interrupted"


@dataclass(frozen=True)
class LiveView:
    """A session at one moment, for the page and for the picture.

    Attributes:
        stage: where it stands.
        camera_on: a frame has come within the last seconds.
        problem: why the newest frame is not usable, or None.
        record: what was found in the newest frame, or None before the first one.
        width, height: of the frames in pixels; 0 before the first one.
        done_s: seconds of the recording or monitoring so far.
        planned_s: length of the recording; None while monitoring.
        frames_a_second: graded lately.
        behind_s: from the arrival of the newest graded frame to its grade.
        dropped: frames that were replaced by a newer one since the camera started.
    """

    stage: Stage
    camera_on: bool
    problem: Problem | None
    record: FrameRecord | None
    width: int
    height: int
    done_s: float
    planned_s: float | None
    frames_a_second: float
    behind_s: float
    dropped: int

    @property
    def seconds_left(self) -> float | None:
        """Of the recording; None while monitoring."""
        return None if self.planned_s is None else max(0.0, self.planned_s - self.done_s)
