"""The commands `peea networks`, `peea train` and `peea evaluate`."""

from __future__ import annotations

import json
import time
from dataclasses import replace
from pathlib import Path
from typing import Annotated, Any

import torch
import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table

from peea.graders import MODELS_FOLDER, GraderError, load_grader, read_card
from peea.model_results import read_results
from peea.model_results.aims import outcomes
from peea.model_results.training_tables import aims_table
from peea.networks import ARCHITECTURES, PretrainedWeightsMissingError, UnknownArchitectureError, architecture
from peea.output_scales import GRADE_SCALE, output_scale
from peea.training.augmentation import AUGMENTATIONS
from peea.training.data_set import DataSetError, RatedFaces, load_rated_faces
from peea.training.experiments import (
    AUGMENTATION,
    EXPERIMENTS,
    LARGER_PICTURES,
    LEARNING,
    MORE_IMAGES,
    augmentation_table,
    experiment,
    is_done,
    learning_curves,
    run_experiment,
)
from peea.training.fit import fit
from peea.training.judging import block_name, judged
from peea.training.optimizers import OPTIMIZER_TITLES, OPTIMIZERS
from peea.training.plan import FitPlan
from peea.training.printing import print_figures
from peea.training.release import release, save_features, write_card, write_result
from peea.training.search import (
    MOST_EVALUATIONS,
    OBJECTIVE,
    SPACES,
    SearchError,
    SearchPlan,
    best_of,
    search_report,
    search_with,
)
from peea.training.search import search as run_search
from peea.training.trainings import training_card

app = typer.Typer(help="Train graders and judge them on rated images.", no_args_is_help=True)
console = Console()

DataFolder = Annotated[Path, typer.Option("--data", help="Folder with manifest.csv and its images.")]


@app.command()
def networks() -> None:
    """List the networks: parameters, multiply-adds, input size."""
    table = Table("Name", "Network", "Parameters", "Multiply-adds", "Input", "Source")
    for each in ARCHITECTURES.values():
        network = each.build()
        parameters = sum(parameter.numel() for parameter in network.parameters())
        multiplied = count_multiply_adds(network, each.input_size)
        size = f"{each.input_size} px"
        table.add_row(
            each.name, each.title, f"{parameters / 1e6:.1f} M", f"{multiplied / 1e9:.2f} G", size, each.source
        )
    console.print(table)


@app.command()
def train(
    network: Annotated[str, typer.Argument(help="Name of the network, see `peea networks`.")],
    data: DataFolder,
    run: Annotated[Path | None, typer.Option(help="Folder for checkpoints [default: runs/NETWORK].")] = None,
    name: Annotated[str | None, typer.Option(help="Release under models/NAME when done.")] = None,
    version: Annotated[str, typer.Option(help="Version written into the card.")] = "1.0.0",
    split: Annotated[str, typer.Option(help="patients (patient-disjoint) or random.")] = "patients",
    start: Annotated[
        str,
        typer.Option(help="imagenet, imagenet:FILE (weights saved by torch), trained:FILE (safetensors) or random."),
    ] = "imagenet",
    scale: Annotated[str, typer.Option(help="'grades 0-4' or 'six levels'.")] = GRADE_SCALE.name,
    epochs: Annotated[int, typer.Option(min=1, help="At most this many epochs.")] = FitPlan.epochs,
    input_size: Annotated[int | None, typer.Option(min=64, max=512, help="Side of the input in pixels.")] = None,
    batch_size: Annotated[int, typer.Option(min=2, help="Images a step.")] = FitPlan.batch_size,
    optimizer: Annotated[str, typer.Option(help=f"{', '.join(OPTIMIZERS)}.")] = FitPlan.optimizer,
    learning_rate: Annotated[float, typer.Option(help="Highest learning rate.")] = FitPlan.learning_rate,
    momentum: Annotated[float, typer.Option(help="Of sgd and rmsprop.")] = FitPlan.momentum,
    weight_decay: Annotated[float, typer.Option(help="L2 regularisation.")] = FitPlan.weight_decay,
    augmentation: Annotated[str, typer.Option(help=f"{', '.join(AUGMENTATIONS)}.")] = "all",
    actions_only: Annotated[
        bool, typer.Option("--actions-only", help="Learn the action intensities alone, as a pretraining.")
    ] = False,
    action_weight: Annotated[
        float, typer.Option(help="Weight of the action intensities in the loss, beside the grade's 1.")
    ] = FitPlan.action_weight,
    class_balance: Annotated[
        float,
        typer.Option(min=0, max=1, help="0: images as they come; 1: every grade or level counts the same in the loss."),
    ] = FitPlan.class_balance,
    seed: Annotated[int, typer.Option(help="Seed of every random draw.")] = FitPlan.seed,
) -> None:
    """Train a network on rated images; a run that was cut off goes on where it was."""
    try:
        of = architecture(network)
        faces = _load(data)
        if augmentation not in AUGMENTATIONS:
            raise ValueError(f"no augmentation is called {augmentation!r}; known are {', '.join(AUGMENTATIONS)}")
        plan = FitPlan(
            network=network,
            start=start,
            scale=output_scale(scale).name,
            input_size=input_size or of.input_size,
            epochs=epochs,
            batch_size=batch_size,
            optimizer=optimizer,
            learning_rate=learning_rate,
            momentum=momentum,
            weight_decay=weight_decay,
            grade_weight=0.0 if actions_only else FitPlan.grade_weight,
            action_weight=action_weight,
            class_balance=class_balance,
            seed=seed,
            augmentation=AUGMENTATIONS[augmentation],
        )
        run_folder = run or Path("runs") / network
        training, validation = faces.part(split, "train"), faces.part(split, "validation")
        console.print(f"{of.title}: {len(training)} training and {len(validation)} validation faces.")
        started = time.monotonic()
        with _progress() as bar:
            task = bar.add_task("Training", total=None)

            def on_step(epoch: int, step: int, steps: int) -> None:
                bar.update(task, total=steps * plan.epochs, completed=epoch * steps + step)

            fitted = fit(plan, training, validation, run_folder, _tell_epoch, on_step)
        console.print(f"Fitted in {time.monotonic() - started:.0f} s in this session.")
        save_features(fitted.network, run_folder)
        card = training_card(plan, fitted, data, faces, split, version)
    except (DataSetError, UnknownArchitectureError, PretrainedWeightsMissingError, ValueError) as error:
        raise _refused(error) from error
    if name is None:
        return
    folder = release(fitted.network, card, name)
    console.print(f"Released as {folder.name}, version {version}. Now run: peea evaluate {name} --data {data}")


@app.command()
def experiments(
    data: DataFolder,
    only: Annotated[list[str] | None, typer.Option(help="Only these; repeat for several.")] = None,
    runs: Annotated[Path, typer.Option(help="Folder for checkpoints.")] = Path("runs"),
    version: Annotated[str, typer.Option(help="Version written into the cards of released models.")] = "1.0.0",
    show: Annotated[bool, typer.Option("--list", help="Only list them and what is done.")] = False,
) -> None:
    """Run every training behind the model comparison page that was not run yet on this data set."""
    try:
        faces = _load(data)
        for each in [experiment(name) for name in only] if only else EXPERIMENTS:
            done = is_done(each, faces, runs)
            console.print(f"{each.name}: {'done' if done else 'to do'}")
            if done or show:
                continue
            card = run_experiment(each, data, faces, runs, version, _tell_epoch)
            figure = card["figures"][block_name(each.split, "test", data.name)]["usable_faces"]
            console.print(f"{each.name}: right in {figure['accuracy']:.3f} of {figure['images']} unseen images")
        table = augmentation_table()
        if table["rows"]:
            write_result(AUGMENTATION, table)
        learning = learning_curves()
        if learning[MORE_IMAGES] or learning[LARGER_PICTURES]:
            write_result(LEARNING, learning)
    except (DataSetError, UnknownArchitectureError, PretrainedWeightsMissingError, ValueError) as error:
        raise _refused(error) from error


@app.command()
def aims() -> None:
    """Print what the networks were meant to reach and what the released cards and results say that they reached."""
    found = aims_table(outcomes(read_results().trainings))
    table = Table(*found.columns)
    for row in found.itertuples(index=False):
        table.add_row(*map(str, row))
    console.print(table)


def _tell_epoch(epoch: int, row: dict[str, float]) -> None:
    console.print(
        f"epoch {epoch + 1:3d}  loss {row['training_loss']:.3f}  validation loss {row['validation_loss']:.3f}  "
        f"validation accuracy {row['validation_accuracy']:.3f}  {row['seconds']:.0f} s"
    )


@app.command()
def search(
    network: Annotated[str, typer.Argument(help="Name of the network, see `peea networks`.")],
    data: DataFolder,
    run: Annotated[Path | None, typer.Option(help="Folder of the journal [default: runs/NETWORK_search].")] = None,
    split: Annotated[str, typer.Option(help="patients (patient-disjoint) or random.")] = "patients",
    start: Annotated[str, typer.Option(help="First weights, as in `peea train`.")] = "random",
    optimizers: Annotated[list[str] | None, typer.Option("--optimizer", help="Only these; repeat for several.")] = None,
    evaluations: Annotated[int, typer.Option(min=1, help="Evaluations for SGD; the others get a third.")] = (
        MOST_EVALUATIONS
    ),
    images: Annotated[int, typer.Option(min=32, help="Training images of an evaluation, drawn once.")] = 1200,
    epochs: Annotated[int, typer.Option(min=1, help="Epochs of an evaluation.")] = 3,
    input_size: Annotated[int, typer.Option(min=32, max=512, help="Side of the input in pixels.")] = 80,
    workers: Annotated[int, typer.Option(min=1, help="Processes that search at the same time.")] = 1,
    seed: Annotated[int, typer.Option(help="Seed of every random draw.")] = 1,
    write: Annotated[bool, typer.Option(help="Write models/results/search.json.")] = False,
) -> None:
    """Search learning rate, momentum and L2 regularisation by Bayesian optimisation; goes on where it was cut off."""
    try:
        of = architecture(network)
        faces = _load(data)
        training, validation = faces.part(split, "train"), faces.part(split, "validation")
        training, validation = training.drawn(images, seed), validation.drawn(images // 2, seed)
        base = FitPlan(
            network=network,
            start=start,
            input_size=input_size,
            epochs=epochs,
            averaging=0.0,
            patience=epochs,
            seed=seed,
        )
        plans = [
            SearchPlan(replace(base, optimizer=name), evaluations if name == "sgd" else -(-evaluations // 3), seed)
            for name in optimizers or SPACES
        ]
        journal = (run or Path("runs") / f"{network}_search") / "evaluations.journal"
        for plan in plans:
            console.print(f"{of.title}, {OPTIMIZER_TITLES[plan.base.optimizer]}: {plan.evaluations} evaluations.")
            if workers > 1:
                search_with(workers, plan, training, validation, journal)
            found = run_search(plan, training, validation, journal, _tell_evaluation)
            best = best_of(found)
            said = ", ".join(f"{name} {best[name]:.4g}" for name in SPACES[plan.base.optimizer])
            console.print(f"Best: {said}; {OBJECTIVE} {best['objective']:.3f}.")
    except (DataSetError, SearchError, UnknownArchitectureError, PretrainedWeightsMissingError, ValueError) as error:
        raise _refused(error) from error
    if write:
        command = f"peea search {network} --data DIR --evaluations {evaluations} --images {images} --epochs {epochs}"
        command = f"{command} --input-size {input_size} --seed {seed} --start {start}"
        write_result("search", {"command": command, **search_report(plans, journal)})


def _tell_evaluation(done: int, objective: float, best: float) -> None:
    console.print(f"evaluation {done:3d}  {objective:.3f}  best so far {best:.3f}")


@app.command()
def evaluate(
    model: Annotated[str, typer.Argument(help="Name of a released model.")],
    data: DataFolder,
    split: Annotated[str, typer.Option(help="patients (patient-disjoint) or random.")] = "patients",
    part: Annotated[str, typer.Option(help="test, validation or train.")] = "test",
    write: Annotated[bool, typer.Option(help="Write the figures into the model's card.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print the figures as JSON.")] = False,
) -> None:
    """Judge a released model on rated images: accuracy, agreement, calibration, by subgroup."""
    try:
        grader = load_grader(model)
        faces = _load(data)
        with _progress() as bar:
            task = bar.add_task("Grading", total=None)
            result = judged(
                grader, faces, split, part, lambda done, total: bar.update(task, completed=done, total=total)
            )
    except (DataSetError, GraderError) as error:
        raise _refused(error) from error
    result["command"] = f"peea evaluate {model} --data DIR --split {split} --part {part}"
    if write:
        card = read_card(model)
        card.setdefault("figures", {})[block_name(split, part, data.name)] = result
        write_card(MODELS_FOLDER / model, card)
    if as_json:
        typer.echo(json.dumps(result, indent=1))
    else:
        print_figures(result, console)


def count_multiply_adds(network: torch.nn.Module, size: int) -> int:
    """Return multiply-adds of the convolutions and linear layers for one image of `size` x `size` pixels."""
    counted = 0

    def count(module: torch.nn.Module, _: Any, output: torch.Tensor) -> None:
        nonlocal counted
        if isinstance(module, torch.nn.Conv2d):
            counted += module.weight[0].numel() * output.numel()
        elif isinstance(module, torch.nn.Linear):
            counted += module.weight.numel()

    hooks = [module.register_forward_hook(count) for module in network.modules()]
    with torch.inference_mode():
        network.eval()(torch.zeros(1, 3, size, size))
    for hook in hooks:
        hook.remove()
    return counted


def _load(data: Path) -> RatedFaces:
    with _progress() as bar:
        task = bar.add_task("Finding and normalising faces", total=None)
        faces = load_rated_faces(data, lambda done, total: bar.update(task, completed=done, total=total))
    share = len(faces) / max(1, len(faces) + len(faces.not_found))
    console.print(f"{len(faces)} faces, found in {share:.1%} of the images ({len(faces.not_found)} without a face).")
    return faces


def _progress() -> Progress:
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    return Progress(*columns, console=console, transient=True)


def _refused(error: Exception) -> typer.Exit:
    Console(stderr=True).print(str(error), style="red", soft_wrap=True)
    return typer.Exit(2)
