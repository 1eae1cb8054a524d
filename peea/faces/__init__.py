"""Faces: finding the patient's face, following it, normalising it, judging whether it can be graded.

`detection` finds faces, `tracking` tells which one is the patient's, `normalisation` rotates and crops, `quality`
judges, `dim_light` brightens, `patient_face` joins them into the step Frame -> Sighting. `rules` holds every
threshold::

    finder = FaceFinder(rules)              # one for each recording
    sighting = finder.find(frame)           # frames in order of time
    if sighting.usable: grade(sighting.face.crop)
    else: sighting.problems[0]              # why not

`FaceFinder` and `find_in_still` are in `peea.faces.patient_face`, which loads the networks' library; this package
itself stays light for those who only need the words.
"""

from peea.faces.face import Detection, Face, Problem, Quality, Sighting
from peea.faces.rules import FaceRules

__all__ = ["Detection", "Face", "FaceRules", "Problem", "Quality", "Sighting"]
