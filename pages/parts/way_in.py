"""The way in: a page shows nothing unless app.py stands around it, however the server was started."""

import streamlit as st

from peea.language import t

_THROUGH_APP = "through_app"


def open_way() -> None:
    """Let pages show themselves in this visit; app.py says so once it has set up what is always in view."""
    st.session_state[_THROUGH_APP] = True


def close_way() -> None:
    """Let no page show itself; app.py says so at the start of each run, before it knows who is there."""
    st.session_state.pop(_THROUGH_APP, None)


def require_app() -> None:
    """Stop a page that Streamlit runs by itself (see scripts/serve.py); nothing of any patient is shown."""
    if not st.session_state.get(_THROUGH_APP):
        st.markdown(t("This page opens from the start page. [Open PEEA](/)"))
        st.stop()
