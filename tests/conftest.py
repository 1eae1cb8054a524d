"""Makes `pages` and `tests.factories` importable, however pytest is started (`pages` is not an installed package)."""

import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))
