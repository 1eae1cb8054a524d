"""Sets of key frames and recordings, and what each rater says of them; blind to the others until a set is closed."""

from __future__ import annotations

import hashlib
import math
import uuid
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from sqlite_utils import Database

from peea.access import Permission
from peea.demonstration import DEMONSTRATION_FOLDER
from peea.language import t
from peea.rating import PspiCodes
from peea.store.audit import Action, now_utc, write_audit
from peea.store.codes import refuse_names
from peea.store.database import named_errors
from peea.store.errors import ClosedSetError, InvalidRatingError, UnknownRatingError
from peea.store.kept_files import KeptFiles
from peea.store.new_items import insert_row, place_items
from peea.store.open_store import OpenStore
from peea.store.ratings import (
    NewItem,
    QueuedItem,
    Rater,
    Rating,
    RatingItem,
    RatingSet,
    SetKind,
    item_of_row,
    rater_of_row,
    rating_of_row,
)
from peea.store.rights import is_own, needs, refuse_other_rater
from peea.store.site_key import site_key
from peea.store.withdrawal import research_refused, sweep_files

LONGEST_TITLE = 120

_LATEST = """
    SELECT * FROM (
        SELECT ratings.*, row_number() OVER (PARTITION BY item_id, rater_id ORDER BY number DESC) AS newest FROM ratings
    ) WHERE newest = 1
"""


class RatingStore(OpenStore):
    """Raters, sets, ratings with their history; see `OpenStore` for opening and errors."""

    @property
    def _files(self) -> KeptFiles:
        """The kept files of this data base."""
        return KeptFiles(self.path, site_key(self.path.parent))

    @needs(Permission.RATE)
    def rater(self, name: str, simulated: bool = False) -> Rater:
        """Return the rater of this name, registered if new.

        Raises:
            InvalidRatingError: the name is empty.
        """
        tidy = " ".join(name.split())
        if not tidy:
            raise InvalidRatingError(t("A rater needs a name."))
        refuse_other_rater(self.who, tidy)
        with self._writing() as db:
            row = next(db.query("SELECT * FROM raters WHERE name = ?", [tidy]), None)
            if row is None:
                row = {
                    "rater_id": str(uuid.uuid4()),
                    "name": tidy,
                    "simulated": int(simulated),
                    "registered_at": now_utc(),
                    "registered_by": self.actor,
                }
                insert_row(db, "raters", row)
                write_audit(db, self.actor, Action.REGISTERED, "raters", row["rater_id"], simulated=simulated)
        return rater_of_row(row)

    @needs(Permission.PREPARE_RATING)
    def raters(self) -> list[Rater]:
        """Return all raters by name."""
        return [rater_of_row(row) for row in self._rows("SELECT * FROM raters ORDER BY name")]

    @needs(Permission.PREPARE_RATING)
    def make_set(
        self,
        title: str,
        kind: SetKind,
        items: Sequence[NewItem],
        simulated: bool = False,
        recordings_kept: bool = False,
    ) -> RatingSet:
        """Make a set, keeping its pictures or recordings beside the data base; all or nothing.

        Args:
            title, kind, items, simulated: as of the set.
            recordings_kept: the site keeps whole recordings of patients (`KeepingRules.keep_recordings`).

        Raises:
            RecordingsNotKeptError: an item is a patient's whole recording, and the site keeps none.
            InvalidRatingError: no title, one that is taken, no items, or items of another kind.
            NoConsentError: a patient has not consented to key frames being kept.
            UnknownPatientError: an item's patient is not in the log.
        """
        tidy = " ".join(title.split())
        if not tidy or len(tidy) > LONGEST_TITLE:
            raise InvalidRatingError(t("Give the set a title of up to {most} characters.", most=LONGEST_TITLE))
        if not items:
            raise InvalidRatingError(t("There is nothing in this set to rate."))
        if any((item.time_s is None) == (kind is SetKind.KEY_FRAMES) for item in items):
            raise InvalidRatingError(t("A set holds either key frames or whole recordings."))
        set_id = str(uuid.uuid4())
        kept: list[str] = []
        try:
            with self._writing() as db:
                if next(db.query("SELECT 1 FROM rating_sets WHERE title = ?", [tidy]), None):
                    raise InvalidRatingError(t("There is a set with the title {title} already.", title=tidy))
                row = {"set_id": set_id, "title": tidy, "kind": kind.value, "simulated": int(simulated)}
                insert_row(db, "rating_sets", row | {"made_at": now_utc(), "made_by": self.actor})
                refuse_names(db, {"title": [tidy]})
                sweep_files(db, self._files)
                place_items(db, self._files, set_id, items, self.actor, kept, recordings_kept=recordings_kept)
                write_audit(db, self.actor, Action.SAVED, "rating_sets", set_id, items=len(items), kind=kind.value)
        except BaseException:
            for name in kept:
                self._files.remove(name)
            raise
        return self.set(set_id)

    @needs(Permission.RATE, Permission.PREPARE_RATING)
    def sets(self) -> list[RatingSet]:
        """Return all sets, the newest first, with how far each rater is; raters see open ones and the own progress."""
        rows = self._rows(
            "SELECT rating_sets.*, (SELECT count(*) FROM rating_items WHERE set_id = rating_sets.set_id) AS items "
            "FROM rating_sets ORDER BY made_at DESC"
        )
        done: dict[str, dict[str, int]] = {}
        for row in self._rows(
            "SELECT set_id, name, count(DISTINCT item_id) AS rated FROM ratings JOIN rating_items USING (item_id) "
            "JOIN raters USING (rater_id) GROUP BY set_id, rater_id ORDER BY name"
        ):
            done.setdefault(row["set_id"], {})[row["name"]] = row["rated"]
        if not self.who.may(Permission.PREPARE_RATING):
            rows = [row for row in rows if row["closed_at"] is None]
            done = {of: {name: n for name, n in by.items() if is_own(self.who, name)} for of, by in done.items()}
        return [
            RatingSet(
                **{
                    **row,
                    "kind": SetKind(row["kind"]),
                    "simulated": bool(row["simulated"]),
                    "done": done.get(row["set_id"], {}),
                }
            )
            for row in rows
        ]

    @needs(Permission.RATE, Permission.PREPARE_RATING)
    def set(self, id_or_title: str) -> RatingSet:
        """Return the set with this id or title, or raise UnknownRatingError."""
        for each in self.sets():
            if id_or_title == each.set_id or id_or_title.strip().casefold() == each.title.casefold():
                return each
        raise UnknownRatingError(t("No set to rate has the id or title {key}.", key=id_or_title))

    @needs(Permission.PREPARE_RATING, sees="rating_items")
    def items(self, set_id: str) -> list[RatingItem]:
        """Return the items of a set in the order in which it was made."""
        rows = self._rows("SELECT * FROM rating_items WHERE set_id = ? ORDER BY place", [set_id])
        return [item_of_row(row) for row in rows]

    @needs(Permission.RATE, Permission.PREPARE_RATING)
    def content_of(self, item: RatingItem) -> bytes | None:
        """Return the picture or video of an item in plain, or None if it was removed.

        Raises:
            StoreError: it is damaged, was exchanged, or cannot be read.
        """
        if item.file is None:
            return None
        if item.sha256 is not None:
            return self._files.content(item.file)
        shown = DEMONSTRATION_FOLDER / Path(item.file).name
        return shown.read_bytes() if shown.is_file() else None

    @needs(Permission.RATE, sees="rating_items")
    def queue(self, set_id: str, rater_id: str) -> list[QueuedItem]:
        """Return a set as one rater meets it, with this rater's own ratings and nobody else's.

        Each rater has an order of their own, so that frames of one patient do not follow each other by severity and
        no two raters tire at the same frames.

        Raises:
            ClosedSetError: nobody rates in this set any more, and this actor may not see results.
            PermissionRefusedError: the rater is somebody else.
        """
        self._refuse_others(rater_id)
        if not self.who.may(Permission.PREPARE_RATING) and self.set(set_id).closed:
            raise ClosedSetError(t("This set is closed: nobody rates in it any more."))
        own = {
            row["item_id"]: rating_of_row(row)
            for row in self._rows(f"SELECT * FROM ({_LATEST}) WHERE rater_id = ?", [rater_id])
        }
        items = sorted(self.items(set_id), key=lambda item: _shuffled(rater_id, item.item_id))
        return [QueuedItem(item, own.get(item.item_id)) for item in items]

    @needs(Permission.RATE)
    def rate(
        self,
        item_id: str,
        rater_id: str,
        *,
        codes: PspiCodes | None = None,
        vas: float | None = None,
        cannot: str | None = None,
    ) -> Rating:
        """Keep a rating; where the rater gave one before, this is a correction and both stay.

        Exactly one of the three is given: `codes` for a key frame, `vas` (0-10) for a recording, or why it cannot be
        rated. The same rating twice is kept once.

        Raises:
            InvalidRatingError: not exactly one of them, one of the wrong kind, or a VAS outside 0-10.
            ClosedSetError: the set is closed.
            UnknownRatingError: no such item or rater.
            PermissionRefusedError: the rater is somebody else.
        """
        self._refuse_others(rater_id)
        reason = None if cannot is None else " ".join(cannot.split())
        if sum(each is not None for each in (codes, vas, reason or None)) != 1:
            raise InvalidRatingError(t("A rating is either codes, or a VAS, or the reason why there is none."))
        if vas is not None and (math.isnan(vas) or not 0 <= vas <= 10):
            raise InvalidRatingError(t("The VAS is {vas}; allowed is 0 to 10.", vas=vas))
        with self._writing() as db:
            of = next(
                db.query(
                    "SELECT kind, closed_at FROM rating_items JOIN rating_sets USING (set_id) WHERE item_id = ?",
                    [item_id],
                ),
                None,
            )
            if of is None or next(db.query("SELECT 1 FROM raters WHERE rater_id = ?", [rater_id]), None) is None:
                raise UnknownRatingError(t("There is no such item or rater."))
            if of["closed_at"] is not None:
                raise ClosedSetError(t("This set is closed: nobody rates in it any more."))
            if (codes is not None and of["kind"] != SetKind.KEY_FRAMES) or (
                vas is not None and of["kind"] != SetKind.RECORDINGS
            ):
                raise InvalidRatingError(t("Key frames are rated by codes, recordings by a VAS."))
            before = _last(db, item_id, rater_id)
            if before is not None and (before.codes, before.vas, before.cannot) == (codes, vas, reason):
                return before
            number = 1 if before is None else before.number + 1
            row: dict[str, Any] = {
                "rating_id": str(uuid.uuid4()),
                "item_id": item_id,
                "rater_id": rater_id,
                "number": number,
                "given_at": now_utc(),
                "vas": vas,
                "cannot": reason,
                **({} if codes is None else codes.codes),
            }
            insert_row(db, "ratings", row)
            action = Action.SAVED if number == 1 else Action.CORRECTED
            write_audit(db, self.actor, action, "ratings", row["rating_id"], item_id=item_id, number=number)
            saved = _last(db, item_id, rater_id)
        assert saved is not None
        return saved

    @needs(Permission.RATE, Permission.PREPARE_RATING)
    def history(self, item_id: str, rater_id: str) -> list[Rating]:
        """Return what a rater said of an item, the first rating first, corrections after it.

        Raises:
            PermissionRefusedError: the rater is somebody else, and this actor may not see results.
        """
        if not self.who.may(Permission.PREPARE_RATING):
            self._refuse_others(rater_id)
        rows = self._rows(
            "SELECT * FROM ratings WHERE item_id = ? AND rater_id = ? ORDER BY number", [item_id, rater_id]
        )
        return [rating_of_row(row) for row in rows]

    @needs(Permission.RATE)
    def report_nrs(self, item_id: str, nrs: int) -> None:
        """Keep what the patient said at the time of a recording, NRS 0-10; a later entry replaces it, both stay.

        Raises:
            InvalidRatingError: not a whole number from 0 to 10.
        """
        if nrs not in range(11):
            raise InvalidRatingError(t("The NRS is {nrs}; allowed is a whole number from 0 to 10.", nrs=nrs))
        with self._writing() as db:
            row = {"report_id": str(uuid.uuid4()), "item_id": item_id, "nrs": nrs}
            insert_row(db, "item_self_reports", row | {"entered_at": now_utc(), "entered_by": self.actor})
            write_audit(db, self.actor, Action.SAVED, "item_self_reports", row["report_id"], item_id=item_id)  # type: ignore[arg-type]

    @needs(Permission.PREPARE_RATING)
    def nrs(self, set_id: str) -> dict[str, int]:
        """Return what patients said, by item; the latest entry for each."""
        rows = self._rows(
            "SELECT item_id, nrs FROM item_self_reports JOIN rating_items USING (item_id) WHERE set_id = ? "
            "ORDER BY entered_at",
            [set_id],
        )
        return {row["item_id"]: row["nrs"] for row in rows}

    @needs(Permission.PREPARE_RATING)
    def close_set(self, set_id: str) -> None:
        """End the rating of a set, for good: from now on its results may be seen."""
        with self._writing() as db:
            changed = db.execute(
                "UPDATE rating_sets SET closed_at = ?, closed_by = ? WHERE set_id = ? AND closed_at IS NULL",
                [now_utc(), self.actor, set_id],
            ).rowcount
            if changed:
                write_audit(db, self.actor, Action.CLOSED, "rating_sets", set_id)

    @needs(Permission.PREPARE_RATING, sees="ratings")
    def ratings_of_set(self, set_id: str) -> dict[str, dict[str, Rating]]:
        """Return item -> rater's name -> the rating that holds; every item of the set is there.

        Not for a page that a rater sees before the set is closed.
        """
        found: dict[str, dict[str, Rating]] = {item.item_id: {} for item in self.items(set_id)}
        rows = self._rows(
            f"SELECT latest.*, raters.name FROM ({_LATEST}) AS latest JOIN raters USING (rater_id) "
            "JOIN rating_items USING (item_id) WHERE set_id = ? ORDER BY name",
            [set_id],
        )
        for row in rows:
            found[row["item_id"]][row["name"]] = rating_of_row(row)
        return found

    @needs(Permission.PREPARE_RATING)
    def note_export(self, set_id: str, to: str) -> None:
        """Keep that what was rated left as something, such as "training set"."""
        with self._writing() as db:
            write_audit(db, self.actor, Action.EXPORTED, "rating_sets", set_id, to=to)

    @needs(Permission.PREPARE_RATING, Permission.WRITE_STUDIES)
    def without_research(self, set_id: str) -> frozenset[str]:
        """Return the items of a set whose patients refused research, or no longer take part: they teach no grader."""
        rows = self._rows(
            "SELECT item_id, study_codes.patient_id FROM rating_items JOIN study_codes "
            "ON study_codes.code = rating_items.study_code WHERE set_id = ?",
            [set_id],
        )
        with named_errors(self.path):
            refused = {one for one in {row["patient_id"] for row in rows} if research_refused(self._db, one)}
        return frozenset(row["item_id"] for row in rows if row["patient_id"] in refused)

    def _refuse_others(self, rater_id: str) -> None:
        for row in self._rows("SELECT name FROM raters WHERE rater_id = ?", [rater_id]):
            refuse_other_rater(self.who, row["name"])

    def _rows(self, query: str, values: Sequence[Any] = ()) -> list[dict[str, Any]]:
        with named_errors(self.path):
            return list(self._db.query(query, list(values)))


def _last(db: Database, item_id: str, rater_id: str) -> Rating | None:
    row = next(
        db.query(
            "SELECT * FROM ratings WHERE item_id = ? AND rater_id = ? ORDER BY number DESC LIMIT 1", [item_id, rater_id]
        ),
        None,
    )
    return None if row is None else rating_of_row(row)


def _shuffled(rater_id: str, item_id: str) -> str:
    return hashlib.sha256(f"{rater_id} {item_id}".encode()).hexdigest()
