"""Who reads and writes: a person with a role and wards, or the server's own machine."""

from __future__ import annotations

from dataclasses import dataclass

from peea.access.roles import ALLOWED, BOUND_TO_WARDS, Permission, Role


@dataclass(frozen=True)
class Actor:
    """Who does something.

    Attributes:
        name: as shown, and as written in the audit trail; no two accounts may have the same.
        role: None is nobody: whoever has no role may do nothing, unless `trusted`.
        wards: of ward staff, the wards whose patients they see; without meaning for other roles.
        trusted: everything is allowed, on every ward: the command line on the server itself, and a demonstration
            without sign-in, which holds fictional patients only.
    """

    name: str
    role: Role | None = None
    wards: frozenset[str] = frozenset()
    trusted: bool = False

    def __post_init__(self) -> None:
        if not self.name.strip():
            raise ValueError("the data base needs to know who is reading and writing: the actor has no name")

    @property
    def permissions(self) -> frozenset[Permission]:
        """All that this actor may do."""
        if self.trusted:
            return frozenset(Permission)
        return frozenset() if self.role is None else ALLOWED[self.role]

    def may(self, permission: Permission) -> bool:
        """Return whether this actor may do something, on some ward at least."""
        return permission in self.permissions

    @property
    def only_wards(self) -> frozenset[str] | None:
        """The wards whose patients this actor may see, or None for all of them."""
        return self.wards - {""} if not self.trusted and self.role in BOUND_TO_WARDS else None

    def sees_ward(self, ward: str) -> bool:
        """Return whether patients of a ward are this actor's; a patient without a ward is of no ward."""
        return self.only_wards is None or ward in self.only_wards


def actor_of(actor: Actor | str) -> Actor:
    """Return the actor; a plain name is the server's own command line, or a test: everything is allowed."""
    return Actor(actor, trusted=True) if isinstance(actor, str) else actor
