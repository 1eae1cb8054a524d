"""docs/security.md: every threat has a test, and every test that it names exists."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
ROWS = [
    [cell.strip() for cell in line.strip("|").split(" | ")]
    for line in (ROOT / "docs" / "security.md").read_text(encoding="utf-8").splitlines()
    if line.startswith("| ") and not line.startswith("| threat")
]
LEAST_THREATS = 40


def test_the_table_is_read():
    assert len(ROWS) >= LEAST_THREATS


@pytest.mark.parametrize("row", ROWS, ids=[row[0][:60] for row in ROWS])
def test_each_threat_names_what_stops_it_and_a_test_that_exists(row):
    threat, stop, tests = row[0], row[1], row[-1]
    assert threat
    assert stop
    names = re.findall(r"`([^`]+)`", tests)
    assert names, "no test is named"
    for name in names:
        file, *parts = name.split("::")
        assert _defined(ROOT / file, parts), name


def _defined(file: Path, parts: list[str]) -> bool:
    """True if pytest would collect it: a function, or a method of a class, whose names begin as tests do."""
    if not file.is_file() or not file.name.startswith("test_") or not parts[-1].startswith("test_"):
        return False
    inside = ast.parse(file.read_text(encoding="utf-8")).body
    for part in parts:
        found = next(
            (one for one in inside if isinstance(one, ast.FunctionDef | ast.ClassDef) and one.name == part), None
        )
        if found is None:
            return False
        inside = found.body
    return True
