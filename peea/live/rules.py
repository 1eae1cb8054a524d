"""Settings of live grading."""

from __future__ import annotations

from dataclasses import dataclass, field


def _number(default: float, unit: str, least: float, most: float) -> float:
    value: float = field(default=default, metadata={"unit": unit, "least": least, "most": most})
    return value


def _text(default: str, unit: str) -> str:
    value: str = field(default=default, metadata={"unit": unit})
    return value


@dataclass(frozen=True)
class LiveRules:
    """Grading with the camera at the bedside.

    Attributes:
        recording_s: length of a recording; 20 to 25 s as published [P].
        ready_s: a usable face must have been seen without a break for this long before a recording can start.
        stall_s: without a new picture for this long the camera counts as lost, and what was graded is kept.
        kept_after_s: a result that nobody took over (the window was closed, the network was lost) is saved to the
            patient log by itself after this long.
        width: of the picture that the camera is asked for; its height follows.
        frame_rate: that the camera is asked for.
        alert_grade: monitoring raises an alert from this grade on, unless another one is chosen on the page.
        alert_quiet_s: pain that comes back within this long after an alert belongs to that alert.
        monitored_s: monitoring keeps the last so many seconds of frames; episodes are kept all.
        ice_servers: addresses of the site's own TURN or STUN servers, separated by spaces, such as
            turn:turn.hospital.example:3478. Empty: the browser and this server connect directly, and no other server
            is ever asked.
        ice_username: for these servers.
        ice_credential: for these servers.
    """

    recording_s: float = _number(22.0, "s", 20.0, 25.0)
    ready_s: float = _number(0.5, "s", 0.0, 5.0)
    stall_s: float = _number(5.0, "s", 1.0, 60.0)
    kept_after_s: float = _number(60.0, "s", 1.0, 3600.0)
    width: int = field(default=640, metadata={"unit": "px", "least": 320, "most": 1920})
    frame_rate: float = _number(25.0, "frames a second", 5.0, 60.0)
    alert_grade: int = field(default=3, metadata={"unit": "grade", "least": 1, "most": 4})
    alert_quiet_s: float = _number(10.0, "s", 0.0, 600.0)
    monitored_s: float = _number(600.0, "s", 60.0, 3600.0)
    ice_servers: str = _text("", "addresses separated by spaces")
    ice_username: str = _text("", "text")
    ice_credential: str = _text("", "text")

    def ice_configuration(self) -> dict[str, list[dict[str, str]]]:
        """Return WebRTC's configuration. The list of servers is always there: left out, a public one would be asked.

        >>> LiveRules().ice_configuration()
        {'iceServers': []}
        """
        named = {"username": self.ice_username, "credential": self.ice_credential}
        secrets = {name: value for name, value in named.items() if value}
        return {"iceServers": [{"urls": address, **secrets} for address in self.ice_servers.split()]}
