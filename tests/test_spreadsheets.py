"""What leaves as CSV: no cell is a formula, in whichever file."""

from __future__ import annotations

import csv
import io
import re
from pathlib import Path

import pandas as pd
import pytest

from peea.spreadsheets import csv_bytes, guarded, unguarded

ROOT = Path(__file__).resolve().parent.parent
EVIL = ["=1+1", "+1+1", "-2+3+cmd|' /C calc'!A0", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "＝1+1", '=HYPERLINK("x")']


@pytest.mark.parametrize("text", EVIL)
def test_what_looks_like_a_formula_is_a_text_and_comes_back(text):
    assert guarded(text) == f"'{text}"
    assert unguarded(guarded(text)) == text


@pytest.mark.parametrize("text", ["Ada Kim", "-0.12", "'quoted", "7B", "a=b", "", "–"])
def test_other_texts_stay_as_they_are(text):
    assert guarded(text) == text
    assert unguarded(text) == text


def test_cells_headings_and_kinds_are_guarded_and_numbers_stay_numbers():
    hidden = [f"Ada\r{text}" for text in EVIL]
    texts = [*EVIL, *hidden]
    table = pd.DataFrame({"=head": texts, "kind": pd.Categorical(texts), "number": [-1.5] * len(texts)})
    rows = list(csv.reader(io.StringIO(csv_bytes(table).decode("utf-8-sig"), newline="")))
    assert len(rows) == 1 + len(texts)
    for row in rows:
        for cell in row[:2]:
            assert guarded(cell) == cell
    assert {row[2] for row in rows[1:]} == {"-1.5"}


def test_every_csv_file_is_written_guarded():
    """Whoever writes CSV goes through peea.spreadsheets; the training's own tables of numbers are named here."""
    own = {"peea/spreadsheets.py", "peea/training/data_set.py"}
    for folder in ("peea", "pages"):
        for file in (ROOT / folder).rglob("*.py"):
            name, text = file.relative_to(ROOT).as_posix(), file.read_text(encoding="utf-8")
            if name in own or name.startswith("peea/synthetic/"):
                continue
            assert ".to_csv(" not in text, name
            if re.search(r"csv\.(Dict)?[wW]riter\(", text):
                assert "guarded_cell(" in text, name
