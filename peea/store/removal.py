"""Taking rows away together with all that refers to them, for fictional patients."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from sqlite_utils import Database


def delete_with_dependants(db: Database, table: str, keys: Sequence[str]) -> dict[str, int]:
    """Delete rows by primary key after all rows that refer to them, in whatever table; inside a transaction.

    The schema says what refers to what, so that a table that is added later needs no word here.

    Returns:
        Number of rows deleted from each table.
    """
    removed: Counter[str] = Counter()
    if not keys:
        return {}
    primary = db.table(table).pks[0]
    for referring in db.table_names():
        for reference in db.table(referring).foreign_keys:
            if reference.other_table != table or reference.other_column != primary:
                continue
            marks = ", ".join("?" * len(keys))
            own = db.table(referring).pks[0]
            condition = f"{reference.column} IN ({marks})"
            rows = [row[0] for row in db.execute(f"SELECT {own} FROM {referring} WHERE {condition}", keys).fetchall()]
            removed.update(delete_with_dependants(db, referring, rows))
    marks = ", ".join("?" * len(keys))
    # Triggers that keep what was entered for a patient ask whether the patient is a fictional one.
    removed[table] += db.execute(f"DELETE FROM {table} WHERE {primary} IN ({marks})", list(keys)).rowcount
    return {name: number for name, number in removed.items() if number}
