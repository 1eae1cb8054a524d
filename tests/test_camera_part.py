"""What the page asks of the browser for the camera; the camera itself is tested in the browser."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from pages.parts import camera as part
from peea.live.rules import LiveRules
from peea.settings import Settings


@pytest.fixture
def asked(monkeypatch):
    """What streamlit-webrtc was asked for, last."""
    kept = {}

    def webrtc_streamer(**options):
        kept.update(options)
        return SimpleNamespace(state=SimpleNamespace(playing=True, signalling=False))

    monkeypatch.setattr(part, "webrtc_streamer", webrtc_streamer)
    monkeypatch.setattr(part, "keep_only_the_newest", lambda: None)
    monkeypatch.setattr(part, "st", SimpleNamespace(session_state={}))
    return kept


def session():
    return SimpleNamespace(camera_ended=lambda: None)


def test_no_server_is_named_and_none_is_left_to_the_library_unless_the_site_has_its_own(asked, monkeypatch):
    monkeypatch.setattr(part, "shared_settings", Settings)
    assert part.camera(session(), 1)
    assert asked["rtc_configuration"] == {"iceServers": []}
    turn = LiveRules(ice_servers="turn:a.example:3478 turn:b.example", ice_username="ward", ice_credential="secret")
    monkeypatch.setattr(part, "shared_settings", lambda: Settings(live=turn))
    part.camera(session(), 2)
    assert asked["rtc_configuration"] == {
        "iceServers": [
            {"urls": "turn:a.example:3478", "username": "ward", "credential": "secret"},
            {"urls": "turn:b.example", "username": "ward", "credential": "secret"},
        ]
    }


def test_no_sound_is_asked_for_and_the_end_of_the_camera_is_told_to_the_session(asked, monkeypatch):
    monkeypatch.setattr(part, "shared_settings", lambda: Settings(live=LiveRules(width=800, frame_rate=15.0)))
    one = session()
    part.camera(one, 1)
    assert asked["media_stream_constraints"]["audio"] is False
    assert asked["media_stream_constraints"]["video"] == {"width": {"ideal": 800}, "frameRate": {"ideal": 15.0}}
    assert asked["on_video_ended"] is one.camera_ended


def test_a_camera_turned_on_again_has_a_connection_and_a_picture_of_its_own(asked, monkeypatch):
    monkeypatch.setattr(part, "shared_settings", Settings)
    first, second = session(), session()
    seen = []
    for one, number in ((first, 1), (first, 1), (second, 2)):
        part.camera(one, number)
        seen.append((asked["key"], asked["video_frame_callback"]))
    assert seen[0] == seen[1]
    assert seen[1][0] != seen[2][0]
    assert seen[1][1] is not seen[2][1]


@pytest.mark.parametrize(
    ("url", "told"),
    [
        ("http://peea.ward.example:8501/live-grading", True),
        ("http://192.0.2.2:8501", True),
        ("https://peea.ward.example:8501", False),
        ("http://localhost:8501/live-grading", False),
        ("http://127.0.0.1:8501", False),
        ("http://[::1]:8501", False),
    ],
)
def test_it_says_where_the_browser_will_give_no_camera(monkeypatch, url, told):
    said = []
    monkeypatch.setattr(part, "st", SimpleNamespace(context=SimpleNamespace(url=url)))
    monkeypatch.setattr(part, "say", lambda sentence, kind: said.append(sentence))
    part.say_if_insecure()
    assert bool(said) == told
    if told:
        assert "without https" in said[0]
        assert "docs/tls.md" in said[0]
