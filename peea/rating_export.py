"""From a rated set in the data base to agreement and a training set, for the page and the command line."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from peea.language import t
from peea.rating import ConsistencyRules, PspiCodes, agreement_on_frame
from peea.rating.training_set import RatedFrame, TrainingSet, TrainingSetError, write_training_set
from peea.store import RatingItem, RatingSet, RatingStore, SetKind
from peea.store.database import key_id_of

if TYPE_CHECKING:
    from peea.rating.set_agreement import SetAgreement


def codes_by_frame(store: RatingStore, set_id: str) -> dict[str, dict[str, PspiCodes]]:
    """Return item -> rater -> codes of a set of key frames; what a rater could not rate is not there."""
    return {
        item_id: {name: rating.codes for name, rating in ratings.items() if rating.codes is not None}
        for item_id, ratings in store.ratings_of_set(set_id).items()
    }


def set_agreement(store: RatingStore, rated: RatingSet, rules: ConsistencyRules) -> SetAgreement:
    """Return how far the raters of a set of key frames agree.

    Raises:
        TrainingSetError: the set holds recordings.
    """
    # Imported here: the statistics load their libraries for two seconds; a page that only rates need not wait.
    from peea.rating.set_agreement import agreement_of_set

    _refuse_recordings(rated)
    patients = {item.item_id: item.patient_code for item in store.items(rated.set_id)}
    return agreement_of_set(codes_by_frame(store, rated.set_id), patients, rules)


def export_training_set(store: RatingStore, rated: RatingSet, folder: Path, rules: ConsistencyRules) -> TrainingSet:
    """Write the agreed key frames of a set as a training set; errors as in `write_training_set`."""
    _refuse_recordings(rated)
    if key_id_of(store.path) and folder.resolve().is_relative_to(store.path.parent.resolve()):
        raise TrainingSetError(
            t(
                "A training set holds pictures in plain, so it is not written among the encrypted data. Choose a "
                "folder on an encrypted disk, and remove it after the training."
            )
        )
    codes, without = codes_by_frame(store, rated.set_id), store.without_research(rated.set_id)

    def frame(item: RatingItem) -> RatedFrame:
        return RatedFrame(
            item.patient_code,
            item.recording,
            item.time_s or 0.0,
            store.content_of(item),
            agreement_on_frame(list(codes[item.item_id].values()), rules),
            item.demonstration,
            item.item_id not in without,
        )

    frames = [frame(item) for item in store.items(rated.set_id)]
    store.note_export(rated.set_id, "training set")
    return write_training_set(frames, folder, rules, title=rated.title, simulated=rated.simulated)


def _refuse_recordings(rated: RatingSet) -> None:
    if rated.kind is not SetKind.KEY_FRAMES:
        raise TrainingSetError(t("{title} holds recordings; a grader is trained on key frames.", title=rated.title))
