"""Words about accounts: wards of an actor, states, and when."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from peea.access import Actor, Permission, Role
from peea.access.accounts import AccountState
from peea.access.roles import BOUND_TO_WARDS
from peea.language import Names, later, listed, t

STATE_NAMES: Final[Mapping[AccountState, str]] = Names(
    {
        AccountState.READY: later("Can sign in"),
        AccountState.WAITING: later("Has a one-time code"),
        AccountState.LOCKED: later("Locked"),
        AccountState.RETIRED: later("Retired"),
    }
)

ROLE_HINTS: Final[Mapping[Role, str]] = Names(
    {
        Role.WARD_STAFF: later("Sees and assesses the patients of the wards below."),
        Role.RATER: later("Rates recordings and key frames without names; sees no patient."),
        Role.PAIN_LEAD: later("Sees all wards, confirms results, runs ratings and agreement, exports."),
        Role.ADMINISTRATOR: later("Manages users, settings and the audit trail; sees no patient."),
    }
)


def ward_text(actor: Actor) -> str:
    """Return the wards whose patients somebody sees; empty for a role that sees none."""
    if actor.role in BOUND_TO_WARDS:
        return listed(sorted(actor.wards))
    return t("All wards") if actor.may(Permission.READ_PATIENTS) else ""
