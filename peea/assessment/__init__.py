"""The road itself: the frames of one recording in, one frozen, JSON-able, versioned `Assessment` out.

How pages and the command line call it::

    from peea.assessment import AssessmentCancelled, Progress, assess, remarks, result_sentence

    def show(progress: Progress) -> None:              # called a few times a second, from the same thread
        bar.progress(progress.share, text=progress.sentence())

    try:
        assessment = assess(
            path,                                      # a recording: a file, or any source of frames (see `road`)
            grader,                                    # peea.graders
            finder_factory,                            # makes a fresh face finder for this recording (peea.faces)
            settings,                                  # peea.settings.load_settings()
            context=Context.TURNING,
            progress=show,
            cancelled=lambda: stop_was_pressed,        # asked before each frame
        )
    except AssessmentCancelled: ...

    result_sentence(assessment)                        # the sentence that a nurse reads aloud
    remarks(assessment)                                # further sentences: dim light, other faces, a calm face
    assessment.timeline, assessment.frames             # the numbers; one FrameRecord a frame, no images
    assessment.to_json(); Assessment.from_json(text)   # exact round trip; unknown versions are refused

`values` holds what travels, `road` the steps, `wording` the sentences.
"""

from peea.assessment.road import AssessmentCancelled, Progress, assess
from peea.assessment.values import (
    SCHEMA_VERSION,
    Assessment,
    AssessmentFormatError,
    FrameRecord,
    ModelIdentity,
    UnknownSchemaVersionError,
)
from peea.assessment.wording import remarks, result_sentence

__all__ = [
    "SCHEMA_VERSION",
    "Assessment",
    "AssessmentCancelled",
    "AssessmentFormatError",
    "FrameRecord",
    "ModelIdentity",
    "Progress",
    "UnknownSchemaVersionError",
    "assess",
    "remarks",
    "result_sentence",
]
