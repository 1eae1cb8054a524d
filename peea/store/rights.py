"""The one place where a call of the store asks whether its actor may make it, and writes down what was seen.

Every public call of a front says by `needs` what it takes, whose patient it is about, and what is seen by it::

    class CareLog(OpenStore):
        @needs(Permission.READ_PATIENTS, of="patient_id", sees="care")
        def doses(self, patient_id: str, withdrawn: bool = False) -> list[Dose]: ...

A call that is about nobody and lets nobody see anything says by `harmless` why. A test goes through all fronts and
fails at a call that says neither.
"""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Concatenate, Final, ParamSpec, TypeVar

from peea.access import REFUSALS, Actor, Permission
from peea.access.roles import OTHER_WARD, OTHER_WARDS
from peea.language import t
from peea.store.audit import Action
from peea.store.database import named_errors
from peea.store.errors import PermissionRefusedError
from peea.store.looks import write_look, write_seen

if TYPE_CHECKING:
    from peea.store.open_store import OpenStore

Params = ParamSpec("Params")
Result = TypeVar("Result")
Front = TypeVar("Front", bound="OpenStore")

_PATIENT: Final = "SELECT patient_id, ward FROM patients WHERE patient_id = :key OR study_code = :key"


def _through(table: str, key: str) -> str:
    return f"SELECT patient_id, ward FROM {table} JOIN patients USING (patient_id) WHERE {key} = :key"


WHOSE: Final[Mapping[str, str]] = {
    "patient_id": _PATIENT,
    "patient_ids": _PATIENT,
    "id_or_code": _PATIENT,
    "assessment_id": _through("assessments", "assessment_id"),
    "analgesia_id": _through("analgesia", "analgesia_id"),
    "note_id": _through("notes", "note_id"),
    "manual_id": _through("manual_ratings", "manual_id"),
}
"""How each argument by which a call names a patient's row leads to the patient and the ward."""

WARD: Final = "ward"
"""The argument by which a call names a ward: None asks for every ward, and the call itself leaves out those that are
not the actor's (`OpenStore.only_wards`)."""

DECLARED: Final = "__rights__"
"""Attribute of a call that has said what it needs: a `Needs`, or a text that says why it is harmless."""


@dataclass(frozen=True)
class Needs:
    """What a call takes; see `needs`."""

    permissions: tuple[Permission, ...]
    of: str | None
    sees: str | None


def needs(
    *permissions: Permission, of: str | None = None, sees: str | None = None
) -> Callable[[Callable[Concatenate[Front, Params], Result]], Callable[Concatenate[Front, Params], Result]]:
    """Return a decorator of a front's public call that asks for a permission before, and writes down what was seen.

    A call that is made inside another one of the same front is part of that one: what was asked for at the door counts.

    Args:
        permissions: one of these is enough.
        of: argument that names the patient (a key of `WHOSE`) or the ward (`WARD`); without it the call is about no
            ward in particular.
        sees: what the actor gets to see, as the audit trail calls it (a table or part of the record); None for a call
            that writes, which writes its own audit row.

    Raises (the call): `PermissionRefusedError`.
    """
    if not permissions or not (of is None or of == WARD or of in WHOSE):
        raise ValueError(f"a call needs at least one permission, and `of` one of {[WARD, *WHOSE]}; got {of!r}")

    def declare(call: Callable[Concatenate[Front, Params], Result]) -> Callable[Concatenate[Front, Params], Result]:
        signature = inspect.signature(call)
        if of is not None and of not in signature.parameters:
            raise ValueError(f"{call.__qualname__} has no argument {of}")

        @functools.wraps(call)
        def asked(self: Front, *args: Params.args, **kwargs: Params.kwargs) -> Result:
            if self._inside:
                return call(self, *args, **kwargs)
            key = None
            if of is not None:
                bound = signature.bind(self, *args, **kwargs)
                bound.apply_defaults()
                key = bound.arguments[of]
            with named_errors(self.path):
                patients = _checked(self, call.__name__, permissions, of, key)
            self._inside = True
            try:
                result = call(self, *args, **kwargs)
                if sees is not None:
                    about = patients if patients is not None else _patients_in(result)
                    row_id = str(key) if of is not None and WHOSE.get(of, _PATIENT) != _PATIENT else ""
                    write_seen(self, sees, row_id, about)
            finally:
                self._inside = False
            return result

        setattr(asked, DECLARED, Needs(permissions, of, sees))
        return asked

    return declare


def harmless(why: str) -> Callable[[Callable[Params, Result]], Callable[Params, Result]]:
    """Mark a public call of a front that everybody may make, and say why nothing can be seen or changed by it."""

    def declare(call: Callable[Params, Result]) -> Callable[Params, Result]:
        setattr(call, DECLARED, why)
        return call

    return declare


def _checked(
    front: OpenStore, call: str, permissions: Sequence[Permission], of: str | None, key: Any
) -> list[str] | None:
    """Return the ids of the patients whom a call is about, None if it names nobody; refuse what is not allowed."""
    who = front.who
    if not any(who.may(permission) for permission in permissions):
        _refuse(front, call, REFUSALS[permissions[0]], permissions[0])
    if of is None:
        return None
    if of == WARD:
        if key is not None and not who.sees_ward(str(key).strip()):
            _refuse(front, call, t(OTHER_WARDS), permissions[0])
        return None
    patients = []
    for one in [key] if isinstance(key, str) else key or ():
        for patient_id, ward in front._db.execute(WHOSE[of], {"key": str(one).strip()}).fetchall():
            if not who.sees_ward(ward):
                _refuse(front, call, t(OTHER_WARD), permissions[0], patient_id)
            patients.append(patient_id)
    return patients


def is_own(who: Actor, name: str) -> bool:
    """Return whether a rater's name is the actor's; without sign-in names are typed, and nobody can say."""
    return who.trusted or " ".join(name.split()).casefold() == " ".join(who.name.split()).casefold()


def refuse_other_rater(who: Actor, name: str) -> None:
    """Refuse to act in another rater's name.

    Raises:
        PermissionRefusedError: somebody else is signed in.
    """
    if not is_own(who, name):
        raise PermissionRefusedError(t("You can rate in your own name only."))


def _refuse(front: OpenStore, call: str, sentence: str, permission: Permission, patient_id: str | None = None) -> None:
    about = {} if patient_id is None else {"patient_id": patient_id}
    detail = {"needs": permission.value, **about}
    write_look(front, Action.REFUSED, type(front).__name__, call, detail, patient_id)
    raise PermissionRefusedError(sentence)


def _patients_in(result: Any) -> list[str]:
    """Return the ids of the patients in what a call returns: values that have one, or are kept under one."""
    if isinstance(result, Mapping):
        result = [value for value in result.values() if hasattr(value, "patient_id")] or [
            one for several in result.values() if isinstance(several, list) for one in several[:1]
        ]
    values: Iterable[Any] = result if isinstance(result, list | tuple) else [] if result is None else [result]
    found = dict.fromkeys(
        getattr(value, "patient_id", None) or getattr(getattr(value, "patient", None), "patient_id", None)
        for value in values
    )
    return [one for one in found if one is not None]
