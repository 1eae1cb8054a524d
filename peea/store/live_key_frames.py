"""Key frames of a recording made live: kept as a set to be rated, if the patient has consented to that.

Whoever assesses a patient may keep them; whoever prepares ratings finds the set among the others.
"""

from __future__ import annotations

from collections.abc import Sequence

from peea.access import Permission
from peea.language import t
from peea.rating.key_frames import KeyFrame
from peea.rating.pictures import encode_picture
from peea.scales import Context
from peea.store.codes import code_of
from peea.store.errors import NoConsentError
from peea.store.patients import read_patient
from peea.store.rating_store import RatingStore
from peea.store.ratings import NewItem, RatingSet, SetKind
from peea.store.rights import needs
from peea.store.withdrawal import consented


class LiveKeyFrames(RatingStore):
    """Keeps key frames of live recordings; see `OpenStore` for opening and errors."""

    @needs(Permission.ASSESS, of="patient_id")
    def may_keep(self, patient_id: str) -> bool:
        """Return whether the patient's consent to key frames is on.

        Never of a fictional patient: somebody real is in front of the camera, whom nobody has asked.
        """
        return not read_patient(self._db, patient_id).demonstration and consented(self._db, patient_id)

    @needs(Permission.ASSESS, of="patient_id")
    def keep(
        self, patient_id: str, recording: str, context: Context | None, key_frames: Sequence[KeyFrame], when: str
    ) -> RatingSet | None:
        """Keep the key frames of one recording as a set of their own; None if there are none.

        Args:
            patient_id: whose face they show.
            recording: name of it, as shown to staff.
            context: what the patient did.
            key_frames: in order of time.
            when: date and time of the recording, as shown to staff.

        Raises:
            NoConsentError: the patient has not consented, or no longer does; nothing is kept.
            UnknownPatientError: nobody has this id.
        """
        code = read_patient(self._db, patient_id).study_code
        if not self.may_keep(patient_id):
            raise NoConsentError(t("{code} has not consented to pictures of the face being kept.", code=code))
        if not key_frames:
            return None
        with self._writing() as db:
            study_code = code_of(db, patient_id, self.actor)  # raters see the title
        items = [
            NewItem(
                patient_code=study_code,
                recording=recording,
                patient_id=patient_id,
                time_s=each.time_s,
                context=context,
                content=encode_picture(each.picture),
            )
            for each in key_frames
        ]
        return self.make_set(t("Live, {code}, {when}", code=study_code, when=when), SetKind.KEY_FRAMES, items)
