"""Watching without an end: the stable episodes of a stream so far, and an alert when pain of a chosen grade holds.

Pure but for its memory. The timeline's rule is applied to the last seconds again and again; what has ended before them
is kept as it was.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

from peea.scales import Grade
from peea.settings import StabilityRules
from peea.timeline import TIME_TOLERANCE_S, Episode, Moment, build_timeline

WINDOW_S: Final = 60.0
"""Seconds over which the timeline is made again; an episode that is longer grows on."""


@dataclass(frozen=True)
class PainEpisode:
    """A stable episode of pain while monitoring, in seconds since it began; `going_on` as long as it may still grow."""

    grade: Grade
    start_s: float
    end_s: float
    going_on: bool

    @property
    def duration_s(self) -> float:
        return self.end_s - self.start_s


@dataclass(frozen=True)
class Alert:
    """Stable pain of at least the chosen grade.

    Attributes:
        number: 1 for the first one; a new number is a new alert.
        grade: the highest stable grade of it so far.
        start_s: when it began, in seconds of the monitoring.
        end_s: until when such pain was stable so far.
        held_s: how long it was stable in between, breaks left out.
    """

    number: int
    grade: Grade
    start_s: float
    end_s: float
    held_s: float


class Monitoring:
    """Memory of one monitoring.

    Args:
        rules: when a grade is stable.
        alert_grade: from which grade on stable pain raises an alert.
        quiet_s: pain that comes back within this long belongs to the alert before.
    """

    def __init__(self, rules: StabilityRules, alert_grade: Grade, quiet_s: float) -> None:
        self._rules = rules
        self.alert_grade = alert_grade
        self._quiet_s = quiet_s
        self.episodes: list[PainEpisode] = []
        self.alert: Alert | None = None

    def take(self, moments: Sequence[Moment]) -> None:
        """Take in the moments of the last `WINDOW_S` seconds (the newest last, at least one)."""
        now_s, window_start_s = moments[-1].time_s, moments[0].time_s
        for episode in build_timeline(moments, self._rules).episodes:
            if episode.grade > Grade.NO_PAIN:
                self._merge(episode, window_start_s)
        self.episodes = [
            replace(one, going_on=now_s - one.end_s <= self._rules.bridge_s + TIME_TOLERANCE_S) for one in self.episodes
        ]
        self._raise()

    def _merge(self, episode: Episode, window_start_s: float) -> None:
        """Put an episode of the window in the place of what is known of it, or after it if it is new."""
        known = [
            place
            for place, one in enumerate(self.episodes)
            if one.grade is episode.grade and one.start_s <= episode.end_s and one.end_s >= episode.start_s
        ]
        if not known:
            # What only the cut-off window makes of an episode that was over is not news.
            if episode.start_s > window_start_s or not self.episodes or self.episodes[-1].end_s < episode.start_s:
                self.episodes.append(PainEpisode(episode.grade, episode.start_s, episode.end_s, going_on=True))
            return
        first = self.episodes[known[0]]
        start_s = min(first.start_s, episode.start_s)
        end_s = max(self.episodes[known[-1]].end_s, episode.end_s)
        self.episodes[known[0]] = replace(first, start_s=start_s, end_s=end_s)
        for place in reversed(known[1:]):
            del self.episodes[place]

    def _raise(self) -> None:
        """Raise an alert, or prolong the one that is on."""
        for one in self.episodes:
            if one.grade < self.alert_grade:
                continue
            alert = self.alert
            if alert is None or one.start_s > alert.end_s + self._quiet_s:
                number = 1 if alert is None else alert.number + 1
                self.alert = Alert(number, one.grade, one.start_s, one.end_s, one.duration_s)
            elif one.end_s >= alert.start_s:
                self.alert = replace(alert, grade=max(alert.grade, one.grade), end_s=max(alert.end_s, one.end_s))
        if self.alert is not None:
            since_s = self.alert.start_s
            painful = [one for one in self.episodes if one.grade >= self.alert_grade and one.start_s >= since_s]
            self.alert = replace(self.alert, held_s=sum(one.duration_s for one in painful))
