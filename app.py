"""The app: page set-up, what is always in view, and the pages. Start it with `make run`."""

import importlib
import logging
import threading

import streamlit as st

from app_pages.parts.banner import demonstration_mark, guard_leaving, open_work
from app_pages.parts.saying import problems_told
from app_pages.parts.style import apply_style
from app_pages.parts.visit import scoring, settle_memory


@st.cache_resource(show_spinner=False)
def set_up_process() -> None:
    """Do once what serves all visits."""
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    settle_memory()
    # The model's libraries take seconds to load; by the time that a recording is chosen, they are there.
    threading.Thread(target=importlib.import_module, args=("peea.graders",), name="loading", daemon=True).start()


set_up_process()
st.set_page_config(page_title="PEEA", page_icon="app_pages/parts/icon.png", layout="wide")
VIDEO_SCORING = st.Page("app_pages/video_scoring.py", title="Video scoring", url_path="video-scoring", default=True)
PATIENT_LOG = st.Page("app_pages/patient_log.py", title="Patient log", url_path="patient-log")
ABOUT = st.Page("app_pages/about.py", title="About this model", url_path="about")

page = st.navigation([VIDEO_SCORING, PATIENT_LOG, ABOUT], position="top")
apply_style()
demonstration_mark()
with problems_told():
    visit = scoring()
    visit.take_over()
    if page is not VIDEO_SCORING:
        open_work(visit)
    page.run()
    guard_leaving()
