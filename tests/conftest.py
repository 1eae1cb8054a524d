"""Makes `pages` and `tests.factories` importable, however pytest is started (`pages` is not an installed package)."""

import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))


@pytest.fixture(autouse=True)
def own_main_module():
    """Put the main module back: Streamlit's page tests leave theirs there, which new processes would run again."""
    main = sys.modules["__main__"]
    yield
    sys.modules["__main__"] = main
