"""The one list of schema changes, to which the modules of this package add theirs."""

from sqlite_utils import Migrations

migrations = Migrations("peea")
