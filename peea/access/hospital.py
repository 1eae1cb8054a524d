"""What the hospital's token says of a person: name, role and wards, by the claims that the settings name."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from peea.access.errors import SignInRefusedError
from peea.access.roles import BOUND_TO_WARDS, Role
from peea.access.rules import AccessRules
from peea.access.signed_in import fingerprint
from peea.language import listed, t


@dataclass(frozen=True)
class HospitalIdentity:
    """A person as the hospital's token tells.

    Attributes:
        subject: the hospital's own id of the person.
        name: as shown.
        role: of the person in PEEA.
        wards: of ward staff.
        issued_at: when the hospital made the token.
        token_key: tells this token from all others.
    """

    subject: str
    name: str
    role: Role
    wards: frozenset[str]
    issued_at: datetime
    token_key: str


def hospital_identity(claims: Mapping[str, Any], rules: AccessRules) -> HospitalIdentity:
    """Return who a verified token is about.

    Args:
        claims: of the ID token, whose signature has been checked.
        rules: which claims say what.

    Raises:
        SignInRefusedError: the token names nobody, gives no role or several, or ward staff no ward.
    """
    subject, issued = claims.get("sub"), claims.get("iat")
    if not isinstance(subject, str) or not subject or not isinstance(issued, int | float) or isinstance(issued, bool):
        raise SignInRefusedError(
            t("The hospital's sign-in did not say who you are. Tell the person who looks after PEEA.")
        )
    meanings = rules.role_of_value()
    values = _texts(_claim(claims, rules.role_claim))
    roles = sorted({meanings[value] for value in values if value in meanings})
    if not roles:
        raise SignInRefusedError(
            t(
                "Your hospital account has no role in PEEA (looked for in: {claim}). Ask the hospital's IT for one.",
                claim=rules.role_claim,
            )
        )
    if len(roles) > 1:
        raise SignInRefusedError(
            t(
                "Your hospital account has several roles in PEEA ({roles}), and PEEA gives each person one. Ask the "
                "hospital's IT to leave one.",
                roles=listed(roles),
            )
        )
    wards = frozenset(_texts(_claim(claims, rules.wards_claim))) if roles[0] in BOUND_TO_WARDS else frozenset()
    if roles[0] in BOUND_TO_WARDS and not wards:
        raise SignInRefusedError(
            t(
                "Your hospital account names no ward (looked for in: {claim}), so there is no patient that you could "
                "see. Ask the hospital's IT for your wards.",
                claim=rules.wards_claim,
            )
        )
    name = _claim(claims, rules.name_claim)
    parts = [claims.get("iss"), claims.get("aud"), subject, issued, claims.get("nonce"), claims.get("jti")]
    return HospitalIdentity(
        subject=subject,
        name=" ".join(name.split()) if isinstance(name, str) and name.strip() else subject,
        role=roles[0],
        wards=wards,
        issued_at=datetime.fromtimestamp(issued, UTC),
        token_key=fingerprint(repr(parts)),
    )


def _claim(claims: Mapping[str, Any], name: str) -> Any:
    """Return a claim by its name, or by the dots that lead to it; a name with dots of its own comes first."""
    if name in claims:
        return claims[name]
    found: Any = claims
    for part in name.split("."):
        found = found.get(part) if isinstance(found, Mapping) else None
    return found


def _texts(value: Any) -> list[str]:
    """Return a claim as texts: it is a list of them, or one with commas."""
    entries = value if isinstance(value, list | tuple) else str(value).split(",") if isinstance(value, str) else []
    return [" ".join(entry.split()) for entry in entries if isinstance(entry, str) and entry.strip()]
