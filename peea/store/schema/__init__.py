"""The schema of the data base, as the list of small changes that made it, a module a room of the store.

To change the schema, add a function to a module here (a new module is imported below, after those that it refers to)
and never edit one that was released: data bases in wards have run it. Each runs in one transaction together with the
record that it ran (sqlite-utils' Migrations), and all that are pending in one transaction around them, so that an
interrupted update leaves the data base as it was.

Times are ISO 8601 text in UTC, dates ISO 8601 text, ids random UUIDs.
"""

# The order of these imports is the order of the changes.
from peea.store.schema import patient_log  # isort: skip
from peea.store.schema import rating  # isort: skip
from peea.store.schema import studies  # isort: skip
from peea.store.schema import care  # isort: skip
from peea.store.schema import live  # isort: skip
from peea.store.schema import access  # isort: skip
from peea.store.schema import trail  # isort: skip
from peea.store.schema import keeping  # isort: skip
from peea.store.schema.registry import migrations

__all__ = ["access", "care", "keeping", "live", "migrations", "patient_log", "rating", "studies", "trail"]
