"""Who may see and do what: roles, permissions and actors.

    from peea.access import Actor, Permission, Role

    nurse = Actor("Nurse Kim", Role.WARD_STAFF, frozenset({"7B"}))
    nurse.may(Permission.ASSESS)        # True
    nurse.sees_ward("7A")               # False

The store's fronts take an actor and refuse (`peea.store.PermissionRefusedError`) what it may not do; pages ask the
actor what to show. This package's front imports nothing of the store, since the store imports it; rooms that keep
accounts in the data base are imported by their own names.
"""

from peea.access.actors import Actor, actor_of
from peea.access.roles import ALLOWED, BOUND_TO_WARDS, PERMISSION_NAMES, REFUSALS, ROLE_NAMES, Permission, Role

__all__ = [
    "ALLOWED",
    "BOUND_TO_WARDS",
    "PERMISSION_NAMES",
    "REFUSALS",
    "ROLE_NAMES",
    "Actor",
    "Permission",
    "Role",
    "actor_of",
]
