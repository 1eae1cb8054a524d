"""What every test needs: `pages` and `tests.factories` importable however pytest is started, and AppTest set right."""

import sys
from pathlib import Path

import pytest
from streamlit.runtime.pages_manager import PagesManager

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))


@pytest.fixture(autouse=True)
def own_main_module():
    """Put the main module back: Streamlit's page tests leave theirs there, which new processes would run again."""
    main = sys.modules["__main__"]
    yield
    sys.modules["__main__"] = main


@pytest.fixture(autouse=True)
def started_by_serve(monkeypatch):
    """AppTest asks anew whether there is a folder called pages; scripts/serve.py has answered that for good."""
    ask = PagesManager.__init__

    def answered(self, *arguments, **named):
        ask(self, *arguments, **named)
        PagesManager.uses_pages_directory = False

    monkeypatch.setattr(PagesManager, "__init__", answered)
