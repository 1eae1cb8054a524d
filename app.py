"""The app: page set-up, what is always in view, and the pages. Start it with `make run`."""

import importlib
import logging
import threading

import streamlit as st

from pages.parts.banner import demonstration_mark, guard_leaving, open_work
from pages.parts.language_choice import (
    answer_for_visits,
    choose_language,
    remember_language,
    settle_language,
    words_of_widgets,
)
from pages.parts.live_visit import live, open_live_work
from pages.parts.rating_room import unsaved_ratings
from pages.parts.reminder import overdue_reminder
from pages.parts.saying import problems_told
from pages.parts.style import apply_style
from pages.parts.visit import scoring, settle_memory, shared_settings
from pages.parts.way_in import open_way
from peea.clock import set_zone
from peea.language import t


@st.cache_resource(show_spinner=False)
def set_up_process() -> None:
    """Do once what serves all visits."""
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    for library in ("aioice", "aiortc", "streamlit_webrtc"):
        # What they tell of each connection holds the addresses of tablets.
        logging.getLogger(library).setLevel(logging.WARNING)
    settle_memory()
    answer_for_visits()
    # The model's libraries take seconds to load; by the time that a recording is chosen, they are there.
    threading.Thread(target=importlib.import_module, args=("peea.graders",), name="loading", daemon=True).start()


set_up_process()
st.set_page_config(page_title="PEEA", page_icon="pages/parts/icon.png", layout="wide")
settle_language()
WARD_BOARD = st.Page("pages/ward_board.py", title=t("Ward board"), url_path="ward-board", default=True)
LIVE_GRADING = st.Page("pages/live_grading.py", title=t("Live grading"), url_path="live-grading")
VIDEO_SCORING = st.Page("pages/video_scoring.py", title=t("Video scoring"), url_path="video-scoring")
PATIENT_LOG = st.Page("pages/patient_log.py", title=t("Patient log"), url_path="patient-log")
RATING = st.Page("pages/rating.py", title=t("Rating"), url_path="rating")
AGREEMENT = st.Page("pages/agreement.py", title=t("Agreement"), url_path="agreement")
MODELS = st.Page("pages/model_comparison.py", title=t("Model comparison"), url_path="model-comparison")
TEAM_LEAD = st.Page("pages/team_lead.py", title=t("Team lead"), url_path="team-lead")
EXCHANGE = st.Page("pages/exchange.py", title=t("Export and import"), url_path="exchange")
ABOUT = st.Page("pages/about.py", title=t("About this model"), url_path="about")

page = st.navigation(
    [WARD_BOARD, LIVE_GRADING, VIDEO_SCORING, PATIENT_LOG, RATING, AGREEMENT, MODELS, TEAM_LEAD, EXCHANGE, ABOUT],
    position="top",
)
apply_style()
mark, language = st.columns([6, 1], vertical_alignment="center")
with mark:
    demonstration_mark()
with language:
    choose_language()
open_way()
with problems_told():
    set_zone(shared_settings().ward.zone())
    visit = scoring()
    visit.take_over()
    if page is not VIDEO_SCORING:
        open_work(visit)
    if page is not LIVE_GRADING:
        open_live_work()
    if page not in (WARD_BOARD, PATIENT_LOG):
        overdue_reminder()
    words_of_widgets()
    page.run()
    remember_language()
    guard_leaving(visit.unsaved or live().unsaved or live().running or unsaved_ratings())
