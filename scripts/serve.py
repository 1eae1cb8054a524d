"""Start the app: `scripts/serve.py [options of streamlit run]`.

Streamlit takes a folder called pages beside the app for its old kind of multipage app until st.navigation has run once:
the first visit to a bookmarked page would run that page alone, without what app.py puts around it. Pages of this app
are named by st.navigation only, so that is said before the first visit.
"""

import sys
from pathlib import Path

from streamlit.runtime.pages_manager import PagesManager
from streamlit.web.cli import main

if __name__ == "__main__":
    PagesManager.uses_pages_directory = False
    app = Path(__file__).resolve().parent.parent / "app.py"
    sys.argv = ["streamlit", "run", str(app), *sys.argv[1:]]
    sys.exit(main())
