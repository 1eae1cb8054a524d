"""PEEA, the Pain Expression Evaluation Assistant: grades pain from the face of a patient in a recording.

The road, and the module that holds each step::

    Frame (frames) -> Face (faces) -> FrameGrade (graders) -> Timeline (timeline)
        -> Assessment (assessment) -> PatientLog (store)

Nothing in this package imports streamlit; ``synthetic`` and ``training`` are imported by nothing that a ward PC runs.
"""

__version__ = "0.1.0"
