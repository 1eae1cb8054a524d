"""The server of the app: Streamlit, and beside it the few addresses that are no pages. Started by scripts/serve.py.

Streamlit takes a folder called pages beside the app for its old kind of multipage app until st.navigation has run once:
the first visit to a bookmarked page would run that page alone, without what app.py puts around it. Pages of this app
are named by st.navigation only, so that is said before the first visit.
"""

from pathlib import Path

from streamlit.runtime.pages_manager import PagesManager
from streamlit.starlette import App

from pages.parts.lost_uploads import keep_upload_answers
from peea.access.web import routes as sign_in_routes
from peea.keeping.daily import keep_daily
from peea.settings import load_settings
from peea.watch.logs import set_up_logs
from peea.watch.web import routes as health_routes

settings = load_settings()
set_up_logs(settings.watch)
PagesManager.uses_pages_directory = False
keep_upload_answers()
keep_daily(settings.keeping)
app = App(Path(__file__).resolve().parent / "app.py", routes=[*sign_in_routes(), *health_routes()])
