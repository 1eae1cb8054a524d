"""The browser's camera on the page: its picture goes to the session and comes back with what was found drawn on it."""

from __future__ import annotations

from urllib.parse import urlsplit

import streamlit as st
from aiortc.contrib.media import MediaRelay
from streamlit_webrtc import WebRtcMode, webrtc_streamer
from streamlit_webrtc.relay import get_global_relay

from pages.parts.saying import say
from pages.parts.visit import shared_settings
from peea.language import current_language, t
from peea.live.session import LiveSession
from peea.live.stream import LivePicture, NewestOnly

_PICTURE = "live_picture"
HERE = ("localhost", "127.0.0.1", "::1")


def keep_only_the_newest() -> None:
    """Let the relay that streamlit-webrtc shares between all its streams drop what is not asked for in time."""
    relay = get_global_relay()
    if type(relay) is MediaRelay:
        relay.__class__ = NewestOnly


def camera(session: LiveSession, number: int) -> bool:
    """Show the camera with the button that turns it on; return whether the browser is connecting or connected.

    It is not turned on by itself (`desired_playing_state`): the browser's part of streamlit-webrtc 0.79 then begins two
    connections at once every other time, answers for the wrong one and never shows a picture. Nor is it wished on once
    it is on, which would take its own buttons away: at the end of a recording it would turn itself on again and again.

    Args:
        session: that the pictures are for.
        number: of this camera in the visit; a new number is a new connection.
    """
    rules = shared_settings().live
    keep_only_the_newest()
    held_for, picture = st.session_state.get(_PICTURE, (None, None))
    if picture is None or held_for != number:
        picture = LivePicture(session, current_language())
        st.session_state[_PICTURE] = (number, picture)
    connection = webrtc_streamer(
        key=f"camera_{number}",
        mode=WebRtcMode.SENDRECV,
        rtc_configuration=rules.ice_configuration(),
        media_stream_constraints={
            "video": {"width": {"ideal": rules.width}, "frameRate": {"ideal": rules.frame_rate}},
            "audio": False,
        },
        video_frame_callback=picture,
        on_video_ended=session.camera_ended,
        # It takes some milliseconds and never waits for the grading: the picture comes back at once.
        async_processing=False,
        media_toggle_controls=False,
        video_html_attrs={"autoPlay": True, "muted": True, "controls": False, "style": {"width": "100%"}},
        translations={
            "start": t("Turn the camera on"),
            "stop": t("Turn the camera off"),
            "select_device": t("Choose the camera"),
            "media_api_not_available": t("This browser gives no camera here: the page must be opened with https."),
            "device_ask_permission": t("Allow this page to use the camera."),
            "device_not_available": t("No camera was found. Connect one and load the page again."),
            "device_access_denied": t("The browser does not allow this page the camera. Allow it in its settings."),
            "select_camera": t("Choose the camera"),
        },
    )
    return connection.state.playing or connection.state.signalling


def say_if_insecure() -> None:
    """Say that the browser gives no camera to a page of another machine without https."""
    address = urlsplit(st.context.url or "")
    if address.scheme == "http" and (address.hostname or "") not in HERE:
        say(
            t(
                "This page was opened without https, so the browser gives it no camera. Open PEEA by its https "
                "address, or on the machine on which it runs. The person who looks after PEEA finds how in docs/tls.md."
            ),
            "warning",
        )
