"""Faces: finding the patient's face, following it, normalising it, judging whether it can be graded.

`detection` finds and follows, `normalisation` rotates and crops, `quality` judges, `patient_face` joins them into the
step Frame -> Face | no face.
"""

from peea.faces.face import Detection, Face, Problem, Quality

__all__ = ["Detection", "Face", "Problem", "Quality"]
