"""Preparing a set of key frames while somebody waits: grade where needed, look for key frames, tell how far it is."""

from __future__ import annotations

import logging
import threading
import weakref
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from peea.assessment import Assessment, AssessmentCancelled, Progress, assess
from peea.assessment.road import GradesFaces
from peea.demonstration import DemonstrationRecording
from peea.frames import RecordingError, open_recording
from peea.language import current_language, t, using_language
from peea.rating.key_frames import KeyFrame, propose_key_frames
from peea.rating.pictures import encode_picture
from peea.scales import Context
from peea.settings import Settings
from peea.store import NewItem

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Source:
    """A recording from which key frames are taken, or that is rated as a whole.

    Attributes:
        path: of the video.
        name: as shown to who prepares the set; raters do not see it.
        patient_code: study code.
        patient_id: of the patient log; None for a demonstration recording.
        context: what the patient did.
        assessment: if it was graded before.
        demonstration_file: name of a demonstration recording, else None.
    """

    path: Path
    name: str
    patient_code: str
    patient_id: str | None = None
    context: Context | None = None
    assessment: Assessment | None = None
    demonstration_file: str | None = None

    @classmethod
    def of_demonstration(cls, recording: DemonstrationRecording, assessment: Assessment | None = None) -> Source:
        """Return a demonstration recording as a source."""
        return cls(
            recording.path,
            recording.title,
            recording.person or recording.path.stem,
            context=recording.context,
            assessment=assessment,
            demonstration_file=recording.path.name,
        )

    def whole(self) -> NewItem:
        """Return the recording as an item to rate by VAS."""
        shown = self.demonstration_file is not None
        return NewItem(
            self.patient_code,
            self.name,
            patient_id=self.patient_id,
            context=self.context,
            source=None if shown else self.path,
            demonstration_file=self.demonstration_file,
        )

    def frame(self, key_frame: KeyFrame) -> NewItem:
        """Return one of its key frames as an item to rate by PSPI."""
        return NewItem(
            self.patient_code,
            self.name,
            patient_id=self.patient_id,
            time_s=key_frame.time_s,
            context=self.context,
            content=encode_picture(key_frame.picture),
            demonstration_file=self.demonstration_file,
        )


@dataclass(frozen=True)
class Proposal:
    """A key frame that is proposed."""

    source: Source
    key_frame: KeyFrame


@dataclass
class _State:
    """What page and worker share; the worker writes, the page sets `stop`."""

    stop: threading.Event = field(default_factory=threading.Event)
    done: threading.Event = field(default_factory=threading.Event)
    share: float = 0.0
    sentence: str = ""
    proposals: list[Proposal] = field(default_factory=list)
    remarks: list[str] = field(default_factory=list)


class ProposalJob:
    """Looks for key frames in some recordings; stops by itself when nobody holds it any more.

    Args:
        sources: recordings.
        grader: gives the model; called only where a recording was not graded before.
        settings: of the site.
    """

    def __init__(self, sources: Sequence[Source], grader: Callable[[], GradesFaces], settings: Settings) -> None:
        self._state = _State()
        language = current_language()
        state = self._state

        def run() -> None:
            with using_language(language):
                _propose(sources, grader, settings, state)

        threading.Thread(target=run, name="key frames", daemon=True).start()
        weakref.finalize(self, self._state.stop.set)

    @property
    def running(self) -> bool:
        """True until all recordings were looked at, or it was stopped."""
        return not self._state.done.is_set()

    @property
    def share(self) -> float:
        """Share that is done, 0-1."""
        return self._state.share

    @property
    def sentence(self) -> str:
        """What is being done."""
        return self._state.sentence

    @property
    def proposals(self) -> list[Proposal]:
        """What was found so far."""
        return list(self._state.proposals)

    @property
    def remarks(self) -> list[str]:
        """What is to be said of recordings that gave nothing, as sentences."""
        return list(self._state.remarks)

    def cancel(self) -> None:
        """Stop at the next frame; what was found so far stays."""
        self._state.stop.set()

    def wait(self, seconds: float | None = None) -> bool:
        """Wait for the end, at most so many seconds; return whether it has come."""
        return self._state.done.wait(seconds)


def _propose(sources: Sequence[Source], grader: Callable[[], GradesFaces], settings: Settings, state: _State) -> None:
    try:
        for number, source in enumerate(sources):
            if state.stop.is_set():
                break
            try:
                found = _of_source(number, len(sources), source, grader, settings, state)
            except RecordingError as error:
                state.remarks.append(str(error))
                continue
            if not found:
                state.remarks.append(
                    t("{recording}: no face that is sharp and well lit enough to be rated.", recording=source.name)
                )
            state.proposals += [Proposal(source, each) for each in found]
    except AssessmentCancelled:
        pass  # somebody pressed stop: what was found so far is shown
    except Exception:  # noqa: BLE001 - whatever went wrong in the worker, the page has to say so
        _log.exception("looking for key frames failed")
        state.remarks.append(
            t("Looking for key frames stopped because of a fault in PEEA. Tell the person who looks after PEEA.")
        )
    finally:
        state.done.set()


def _of_source(
    number: int, count: int, source: Source, grader: Callable[[], GradesFaces], settings: Settings, state: _State
) -> list[KeyFrame]:
    def tell(share: float, sentence: str) -> None:
        state.share, state.sentence = (number + min(1.0, share)) / count, sentence

    looking = t("Looking for key frames in {recording}", recording=source.name)
    tell(0.0, looking)
    assessment, before = source.assessment, 0.0
    if assessment is None:

        def graded(progress: Progress) -> None:
            tell(
                0.9 * (progress.share or 0.0), t("{recording}: {what}", recording=source.name, what=progress.sentence())
            )

        assessment, before = (
            assess(
                source.path,
                grader(),
                settings=settings,
                context=source.context,
                name=source.name,
                progress=graded,
                cancelled=state.stop.is_set,
            ),
            0.9,
        )
    duration_s = max(assessment.timeline.duration_s, 0.1)
    with open_recording(source.path, settings.recordings, source.name) as recording:
        return propose_key_frames(
            assessment,
            recording,
            settings.rating.key_frames,
            settings.faces,
            lambda read_s: tell(before + (1 - before) * read_s / duration_s, looking),
        )
