"""One scoring of one recording while somebody waits: runs beside the page, tells how far it is, can be stopped."""

from __future__ import annotations

import logging
import threading
import weakref
from collections.abc import Callable
from dataclasses import dataclass, field

from peea.assessment import Assessment, AssessmentCancelled, Progress, assess
from peea.assessment.road import GradesFaces
from peea.frames import RecordingError
from peea.held_recording import HeldRecording
from peea.language import Language, current_language, later, t, using_language
from peea.scales import Context
from peea.settings import Settings

_log = logging.getLogger(__name__)

FAULT_SENTENCE = later(
    "Scoring stopped because of a fault in PEEA, not in the recording. Try once more. If it happens again, tell the "
    "person who looks after PEEA and give the time."
)

Work = Callable[[Callable[[Progress], None], Callable[[], bool]], Assessment]
"""What a job does: given where to tell progress and how to ask whether to stop, make the assessment."""


@dataclass
class _State:
    """What the page and the worker share. The worker alone writes it, the page sets `stop`."""

    stop: threading.Event = field(default_factory=threading.Event)
    done: threading.Event = field(default_factory=threading.Event)
    progress: Progress | None = None
    assessment: Assessment | None = None
    cancelled: bool = False
    problem: str | None = None
    fault: bool = False


class ScoringJob:
    """A scoring under way. When nobody holds the job any more (the visit is over), it stops by itself."""

    def __init__(self, work: Work) -> None:
        self._state = _State()
        # The thread knows the state only: if it held the job, an abandoned job would never be collected and stopped.
        self._thread = threading.Thread(
            target=_run, args=(work, self._state, current_language()), name="scoring", daemon=True
        )
        weakref.finalize(self, self._state.stop.set)
        self._thread.start()

    @property
    def running(self) -> bool:
        """True until there is an assessment, a problem, or it was cancelled."""
        return not self._state.done.is_set()

    @property
    def progress(self) -> Progress | None:
        """How far it is, or None before the first frame."""
        return self._state.progress

    @property
    def assessment(self) -> Assessment | None:
        """The result, once done."""
        return self._state.assessment

    @property
    def problem(self) -> str | None:
        """Why there is no result, as a sentence for staff."""
        return self._state.problem

    @property
    def fault(self) -> bool:
        """True if the problem lies in PEEA, not in the recording, so that the same recording may be tried again."""
        return self._state.fault

    @property
    def cancelled(self) -> bool:
        """True if it was stopped before its end."""
        return self._state.cancelled

    def cancel(self) -> None:
        """Stop at the next frame."""
        self._state.stop.set()

    def wait(self, seconds: float | None = None) -> bool:
        """Wait for the end, at most so many seconds; return whether it has come."""
        return self._state.done.wait(seconds)


def start_scoring(
    recording: HeldRecording,
    grader: GradesFaces,
    settings: Settings,
    context: Context | None,
) -> ScoringJob:
    """Start the road for a held recording and return at once."""

    def work(tell: Callable[[Progress], None], stopped: Callable[[], bool]) -> Assessment:
        return assess(
            recording.path,
            grader,
            settings=settings,
            context=context,
            name=recording.name,
            progress=tell,
            cancelled=stopped,
        )

    return ScoringJob(work)


def _run(work: Work, state: _State, language: Language) -> None:
    def tell(progress: Progress) -> None:
        state.progress = progress

    try:
        # What goes wrong is told in the language of whoever started it.
        with using_language(language):
            state.assessment = work(tell, state.stop.is_set)
    except AssessmentCancelled:
        state.cancelled = True
    except RecordingError as error:
        state.problem = str(error)
    except Exception:  # noqa: BLE001 - whatever went wrong in the worker, the page has to say so
        _log.exception("scoring failed")
        with using_language(language):
            state.problem, state.fault = t(FAULT_SENTENCE), True
    finally:
        state.done.set()
