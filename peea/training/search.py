"""Bayesian optimisation of learning rate, momentum and L2 regularisation [P, Table 2 and Fig. 7].

A Gaussian process stands in for the objective and says where to look next (Optuna's GPSampler: Matern 5/2 kernel, log
expected improvement). The objective is the share of wrong grades on the validation part after a short training of the
network on small images. Every evaluation is kept in a journal file, so that a search that was cut off goes on, and
several processes may search at once.
"""

from __future__ import annotations

import fcntl
import math
import multiprocessing
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any, Final

import optuna
import torch
from optuna.storages import JournalStorage
from optuna.storages.journal import JournalFileBackend
from optuna.study import MaxTrialsCallback
from optuna.trial import TrialState

from peea.language import later
from peea.training.data_set import RatedFaces
from peea.training.fit import fit
from peea.training.optimizers import OPTIMIZER_TITLES
from peea.training.plan import FitPlan

MOST_EVALUATIONS: Final = 60
"""As many as [P] allowed."""

RANDOM_FIRST: Final = 10
"""Evaluations drawn at random before the Gaussian process takes over."""

OBJECTIVE: Final = later("share of wrong grades on the validation part")


@dataclass(frozen=True)
class Range:
    """The values that a search may take, on a logarithmic scale if `log`."""

    low: float
    high: float
    log: bool = False


PAPER_SPACE: Final[Mapping[str, Range]] = {
    "learning_rate": Range(1e-2, 1.0, log=True),
    "momentum": Range(0.8, 0.98),
    "weight_decay": Range(1e-10, 1e-2, log=True),
}
"""The decision space that the paper's findings are consistent with [P, Table 2]."""

ADAPTIVE_SPACE: Final[Mapping[str, Range]] = {
    "learning_rate": Range(1e-5, 1e-2, log=True),
    "momentum": Range(0.0, 0.98),
    "weight_decay": Range(1e-10, 1e-2, log=True),
}
"""For RMSProp, which scales every step by itself and takes far smaller rates."""

SPACES: Final[Mapping[str, Mapping[str, Range]]] = {
    "sgd": PAPER_SPACE,
    "rmsprop": ADAPTIVE_SPACE,
    "adam": {name: limits for name, limits in ADAPTIVE_SPACE.items() if name != "momentum"},
}
"""What is searched for each optimizer that [P] compares."""


@dataclass(frozen=True)
class SearchPlan:
    """What is searched.

    Attributes:
        base: how each evaluation trains, but for what is searched; its optimizer decides the space.
        evaluations: at most this many.
        seed: of the search.
    """

    base: FitPlan
    evaluations: int = MOST_EVALUATIONS
    seed: int = 1

    @property
    def study_name(self) -> str:
        """One study an optimizer and a way of training."""
        return f"{self.base.network} {self.base.optimizer} {self.base.input_size} px {self.base.epochs} epochs"


class SearchError(ValueError):
    """A search cannot be made; the message says why."""


def search(
    plan: SearchPlan,
    training: RatedFaces,
    validation: RatedFaces,
    journal: Path,
    on_evaluation: Callable[[int, float, float], None] | None = None,
) -> list[dict[str, Any]]:
    """Search, or go on with a search that was cut off; return its evaluations, see `evaluations_of`.

    Args:
        plan: what.
        training, validation: faces of one split.
        journal: file that keeps the evaluations.
        on_evaluation: told the number of evaluations so far, the objective of the last and the best so far.

    Raises:
        SearchError: the optimizer has no space to be searched, or the journal holds a study of another plan.
    """
    space = SPACES.get(plan.base.optimizer)
    if space is None:
        raise SearchError(f"{plan.base.optimizer} has no space to be searched; known are {', '.join(SPACES)}")
    journal.parent.mkdir(parents=True, exist_ok=True)
    with _searching(journal) as alone:
        study = _study(plan, journal)
        if alone:
            _give_up_cut_off(study)

        def told(study: optuna.Study, trial: optuna.trial.FrozenTrial) -> None:
            if on_evaluation and trial.value is not None:
                done = len(study.get_trials(deepcopy=False, states=(TrialState.COMPLETE,)))
                on_evaluation(done, trial.value, study.best_value)

        if len(study.get_trials(deepcopy=False, states=(TrialState.COMPLETE,))) < plan.evaluations:
            enough = MaxTrialsCallback(plan.evaluations, states=(TrialState.COMPLETE,))
            study.optimize(
                lambda trial: _evaluate(trial, plan.base, space, training, validation), callbacks=[told, enough]
            )
    return evaluations_of(plan, journal)


def search_with(workers: int, plan: SearchPlan, training: RatedFaces, validation: RatedFaces, journal: Path) -> None:
    """Search in several processes at once, one thread each; every process takes the next evaluation."""
    context = multiprocessing.get_context("spawn")
    processes = [
        context.Process(target=_work, args=(replace(plan, seed=plan.seed + number), training, validation, journal))
        for number in range(workers)
    ]
    for process in processes:
        process.start()
    for process in processes:
        process.join()
    failed = [process.exitcode for process in processes if process.exitcode]
    if failed:
        raise SearchError(
            f"{len(failed)} of {workers} searching processes failed; what they found is kept in {journal}"
        )


def evaluations_of(plan: SearchPlan, journal: Path) -> list[dict[str, Any]]:
    """Return the evaluations of a search in order: number, what was tried, objective, seconds, state."""
    found = []
    for trial in _study(plan, journal).get_trials(deepcopy=False):
        seconds = trial.duration.total_seconds() if trial.duration else None
        state = trial.state.name.lower()
        found.append({"number": trial.number + 1, **trial.params, "objective": trial.value})
        found[-1] |= {"seconds": seconds, "state": state}
    return found


def best_of(evaluations: list[dict[str, Any]]) -> dict[str, Any]:
    """Return the evaluation with the lowest objective.

    Raises:
        SearchError: none was completed.
    """
    complete = [each for each in evaluations if each["state"] == "complete"]
    if not complete:
        raise SearchError("no evaluation was completed yet")
    return min(complete, key=lambda each: each["objective"])


def best_so_far(evaluations: list[dict[str, Any]]) -> list[float]:
    """Return the best objective after each completed evaluation [P, Fig. 7]."""
    best, curve = math.inf, []
    for each in evaluations:
        if each["state"] == "complete":
            best = min(best, each["objective"])
            curve.append(best)
    return curve


def search_report(plans: list[SearchPlan], journal: Path) -> dict[str, Any]:
    """Return the searches of one journal, the first in full and all by their best curve, for models/results."""
    first = plans[0]
    evaluations = evaluations_of(first, journal)
    optimizers = []
    for plan in plans:
        found = evaluations_of(plan, journal)
        if any(each["state"] == "complete" for each in found):
            best = best_of(found)
            title = OPTIMIZER_TITLES[plan.base.optimizer]
            optimizers.append({"optimizer": title, "objective": best["objective"], "curve": best_so_far(found)})
    return {
        "network": first.base.network,
        "optimizer": first.base.optimizer,
        "base": asdict(first.base),
        "space": {
            name: [limits.low, limits.high, "log" if limits.log else "linear"]
            for name, limits in SPACES[first.base.optimizer].items()
        },
        "objective_means": OBJECTIVE,
        "evaluations": evaluations,
        "best": best_of(evaluations),
        "optimizers": optimizers,
    }


def _work(plan: SearchPlan, training: RatedFaces, validation: RatedFaces, journal: Path) -> None:
    torch.set_num_threads(1)
    search(plan, training, validation, journal)


def _study(plan: SearchPlan, journal: Path) -> optuna.Study:
    optuna.logging.set_verbosity(optuna.logging.WARNING)
    study = optuna.create_study(
        storage=JournalStorage(JournalFileBackend(str(journal))),
        study_name=plan.study_name,
        sampler=optuna.samplers.GPSampler(seed=plan.seed, n_startup_trials=RANDOM_FIRST),
        direction="minimize",
        load_if_exists=True,
    )
    if "base" not in study.user_attrs:
        study.set_user_attr("base", asdict(plan.base))
    if study.user_attrs["base"] != asdict(plan.base):
        raise SearchError(f"{journal} holds a search that trained in another way; choose another file or remove it")
    return study


def _evaluate(
    trial: optuna.Trial,
    base: FitPlan,
    space: Mapping[str, Range],
    training: RatedFaces,
    validation: RatedFaces,
) -> float:
    tried: dict[str, Any] = {
        name: trial.suggest_float(name, each.low, each.high, log=each.log) for name, each in space.items()
    }
    started = time.monotonic()
    with tempfile.TemporaryDirectory() as run:
        curves = fit(replace(base, **tried), training, validation, Path(run)).curves
    trial.set_user_attr("curves", curves)
    trial.set_user_attr("seconds", time.monotonic() - started)
    losses = [row["validation_loss"] for row in curves]
    if not all(map(math.isfinite, losses)):
        return 1.0  # it ran away: nothing was learned
    return 1.0 - max(row["validation_accuracy"] for row in curves)


@contextmanager
def _searching(journal: Path) -> Iterator[bool]:
    """Say who searches, by a lock that ends with the process; yields whether nobody else does."""
    with journal.with_suffix(".lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            alone = True
        except BlockingIOError:
            alone = False
        fcntl.flock(lock, fcntl.LOCK_SH)
        yield alone


def _give_up_cut_off(study: optuna.Study) -> None:
    """Close evaluations that a killed process left open: the search would wait for their answers for ever."""
    for trial in study.get_trials(deepcopy=False, states=(TrialState.RUNNING,)):
        study.tell(trial.number, state=TrialState.FAIL)
