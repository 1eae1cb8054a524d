"""The 15 items of GRRAS, answered from the study as far as it knows, with what people must still write marked.

Kottner J et al. (2011). Guidelines for Reporting Reliability and Agreement Studies (GRRAS) were proposed. Journal of
Clinical Epidemiology 64:96-106, Table 1.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib.metadata import version
from typing import Final

from peea import __version__
from peea.agreement import NoNumber
from peea.language import Names, later, listed, t, tn
from peea.studies.analysis import Analysis
from peea.studies.rated_table import TRAIT_NAMES, Trait, trait_text
from peea.studies.values import SCALE_NAMES, Study
from peea.studies.words import (
    SHORT_WEIGHT_NAMES,
    answer,
    few_recordings,
    icc_sentence,
    published_sentence,
    remarks,
)

SECTIONS: Final[Mapping[str, str]] = Names(
    {
        "title": later("Title and abstract"),
        "introduction": later("Introduction"),
        "methods": later("Methods"),
        "results": later("Results"),
        "discussion": later("Discussion"),
        "auxiliary": later("Auxiliary material"),
    }
)

REQUESTS: Final[Mapping[int, tuple[str, str]]] = {
    1: ("title", later("Say in the title or abstract that agreement or reliability between raters was investigated.")),
    2: ("introduction", later("Name and describe the measurement device.")),
    3: ("introduction", later("Specify the population of subjects.")),
    4: ("introduction", later("Specify the population of raters.")),
    5: ("introduction", later("Describe what is already known, and why the study was made.")),
    6: ("methods", later("Explain how the sample size was chosen: raters, subjects, repeated observations.")),
    7: ("methods", later("Describe the sampling.")),
    8: ("methods", later("Describe the rating process: time between ratings, clinical information, blinding.")),
    9: ("methods", later("State whether ratings were made independently.")),
    10: ("methods", later("Describe the statistical analysis.")),
    11: ("results", later("State the actual numbers of raters, subjects and repeated observations.")),
    12: ("results", later("Describe the raters and subjects: training, experience, characteristics.")),
    13: ("results", later("Report estimates of reliability and agreement with their uncertainty.")),
    14: ("discussion", later("Discuss what the results mean in practice.")),
    15: ("auxiliary", later("Give detailed results.")),
}
"""What each item asks for, with its section."""


@dataclass(frozen=True)
class GrrasItem:
    """One item of the report.

    Attributes:
        number: 1-15.
        section: of the report, in words.
        request: what the item asks for.
        said: what the study itself answers.
        to_fill: what a person must write, as questions; empty once it is written.
        written: what a person has written.
    """

    number: int
    section: str
    request: str
    said: tuple[str, ...]
    to_fill: tuple[str, ...]
    written: str = ""


def grras_items(
    analysis: Analysis,
    study: Study | None,
    chosen: Mapping[Trait, Sequence[str]] | None = None,
    written: Mapping[int, str] | None = None,
) -> tuple[GrrasItem, ...]:
    """Return the 15 items.

    Args:
        analysis: the results.
        study: that they are of; None for an uploaded table, of which less is known.
        chosen: filters that were set.
        written: what people wrote, by item.
    """
    facts = _Facts(analysis, study, chosen or {})
    given = written or {}
    items = []
    for number, (section, request) in REQUESTS.items():
        text = given.get(number, "").strip()
        said, to_fill = facts.of_item(number)
        items.append(GrrasItem(number, SECTIONS[section], t(request), said, () if text else to_fill, text))
    return tuple(items)


@dataclass(frozen=True)
class _Facts:
    analysis: Analysis
    study: Study | None
    chosen: Mapping[Trait, Sequence[str]]

    def of_item(self, number: int) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """Return what the study says to an item, and what must be filled in."""
        said, to_fill = {
            1: self._title,
            2: self._device,
            3: self._subjects,
            4: self._raters,
            5: self._known,
            6: self._sample_size,
            7: self._sampling,
            8: self._process,
            9: self._independence,
            10: self._statistics,
            11: self._numbers,
            12: self._characteristics,
            13: self._estimates,
            14: self._practice,
            15: self._details,
        }[number]()
        return tuple(filter(None, said)), tuple(to_fill)

    @property
    def _simulated(self) -> bool:
        return self.study is not None and self.study.simulated

    def _title(self) -> tuple[list[str], list[str]]:
        title = t(
            "Agreement between clinicians and PEEA in grading pain from the face: a study of interrater agreement."
        )
        return [title, t(self.study.purpose) if self.study else ""], []

    def _device(self) -> tuple[list[str], list[str]]:
        device = t(
            "PEEA, the Pain Expression Evaluation Assistant, version {version}: software that finds the face in a "
            "recording, estimates six facial actions and grades pain from 0 (no pain expression) to 4 (intense). The "
            "reported grade is the one that lasted longest.",
            version=__version__,
        )
        if self.study is None:
            return [device], [t("Which model graded, at which version?")]
        model = t(
            "Model under test: {model}, weights SHA-256 {sha256}.",
            model=str(self.study.model),
            sha256=self.study.model.weights_sha256[:16],
        )
        return [device, model], []

    def _subjects(self) -> tuple[list[str], list[str]]:
        if self.study is None:
            return [], [t("Which patients were recorded, by which criteria?")]
        said = [
            t("Included: {criteria}.", criteria=listed(t(each) for each in self.study.inclusion))
            if self.study.inclusion
            else "",
            t("Excluded: {criteria}.", criteria=listed(t(each) for each in self.study.exclusion))
            if self.study.exclusion
            else "",
        ]
        simulated = [t(self.study.note)] if self._simulated else []
        return [*simulated, *said], [] if self.study.inclusion else [t("Which patients were recorded?")]

    def _raters(self) -> tuple[list[str], list[str]]:
        roles = Counter(each.role for each in self.study.raters if each.role) if self.study else Counter()
        if not roles:
            return [], [t("Who are the raters meant to stand for, and how were they chosen?")]
        named = listed(f"{t(role)} ({count})" for role, count in roles.items())
        return [t("Clinicians who assess pain on the ward: {roles}.", roles=named)], []

    def _known(self) -> tuple[list[str], list[str]]:
        return [published_sentence()], [t("What is known at your site, and why was this study made?")]

    def _sample_size(self) -> tuple[list[str], list[str]]:
        return [], [t("How were the numbers of patients, recordings and raters chosen?")]

    def _sampling(self) -> tuple[list[str], list[str]]:
        if self._simulated:
            return [
                t(
                    "Recordings were scripted at random; those graded by PEEA are the first ones of a random order "
                    "that was drawn before rendering."
                )
            ], []
        return [], [t("How were patients and recordings sampled (consecutive, random, convenience)?")]

    def _process(self) -> tuple[list[str], list[str]]:
        scale = t("Clinicians rated on this scale: {scale}.", scale=SCALE_NAMES[self.analysis.table.scale])
        asked = [
            t("Which clinical information did raters have?"),
            t("Who was blind to what, and how much time did raters have?"),
        ]
        return [scale], [] if self._simulated else asked

    def _independence(self) -> tuple[list[str], list[str]]:
        if self._simulated:
            return [t("Simulated clinicians share an error about ambiguous recordings; otherwise they err apart.")], []
        return [t("PEEA does not see clinicians' ratings.")], [t("Did clinicians rate alone and blind to PEEA?")]

    def _statistics(self) -> tuple[list[str], list[str]]:
        options = self.analysis.options
        return [
            t(
                "Clinicians together: the middle one of their grades, of two middle ones the higher; for ICC and "
                "Bland-Altman on scores their mean."
            ),
            t(
                "ICC by Shrout and Fleiss, all six forms, two-way random effects with absolute agreement first, "
                "F-based 95 % intervals; judged by Koo and Li (2016)."
            ),
            t(
                "Cohen's kappa over the grades 0 to 4, unweighted, linear and quadratic weights ({weights} in the "
                "figures), asymptotic standard error; judged by Landis and Koch (1977).",
                weights=SHORT_WEIGHT_NAMES[options.weights],
            ),
            t(
                "Standard errors beside these by {resamples} resamples of whole patients (seed {seed}), since "
                "recordings of one patient resemble each other. Bland-Altman limits with their intervals (1999).",
                resamples=f"{options.resampling.resamples:,}",
                seed=options.resampling.seed,
            ),
            t(
                "Software: PEEA {peea}, pingouin {pingouin}, scikit-learn {sklearn}, scipy {scipy}.",
                peea=__version__,
                pingouin=version("pingouin"),
                sklearn=version("scikit-learn"),
                scipy=version("scipy"),
            ),
        ], []

    def _numbers(self) -> tuple[list[str], list[str]]:
        table = self.analysis.table
        said = [
            t(
                "Rated: {recordings} recordings of {patients} patients by {clinicians} clinicians, each recording once "
                "by each rater.",
                recordings=len(table.grades.recordings),
                patients=len(set(table.grades.patients)),
                clinicians=len(table.clinicians),
            )
        ]
        missing = table.by_clinicians.grades.missing
        if missing:
            said.append(tn("{n} rating is missing.", "{n} ratings are missing.", missing))
        said.append(few_recordings(self.analysis))
        if self.study is not None:
            reasons = Counter(each.excluded for each in self.study.recordings if each.excluded)
            for reason, count in reasons.items():
                said.append(
                    tn(
                        "{n} recording was left out because of: {reason}.",
                        "{n} recordings were left out because of: {reason}.",
                        count,
                        reason=t(reason),
                    )
                )
        for trait, values in self.chosen.items():
            said.append(
                t(
                    "Only recordings with {trait}: {values}.",
                    trait=TRAIT_NAMES[trait],
                    values=listed(trait_text(trait, value) for value in values),
                )
            )
        return said, []

    def _characteristics(self) -> tuple[list[str], list[str]]:
        said = [t("See the tables of patients and raters below.")]
        known = self.study is not None and any(each.years is not None for each in self.study.raters)
        return said, [] if known else [t("What training and experience do the raters have?")]

    def _estimates(self) -> tuple[list[str], list[str]]:
        return [answer(self.analysis), *remarks(self.analysis), icc_sentence(self.analysis)], []

    def _practice(self) -> tuple[list[str], list[str]]:
        said = [t(self.study.note)] if self.study is not None and self._simulated else []
        return said, [
            t("What do the misses mean for patients? May PEEA be used here, for whom, and for what not?"),
        ]

    def _details(self) -> tuple[list[str], list[str]]:
        if isinstance(self.analysis.with_peea, NoNumber):
            return [], []
        return [t("Each clinician and each group of patients: see the last tables.")], []
