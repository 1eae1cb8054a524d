"""Commands of the synthetic patients: `peea synth dataset|video|demo|stills|sheets|study`."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from peea.synthetic.dataset import DEFAULT_IMAGES, DEFAULT_PEOPLE, dataset_plan, make_dataset, take_first_people
from peea.synthetic.demonstration import DEMONSTRATION_SEED, face_renderer, make_demonstration
from peea.synthetic.recording import RecordingPlan, write_recording
from peea.synthetic.scripts import DEMONSTRATION_SCRIPTS, UnknownScriptError, in_dim_light, in_good_light, script_named
from peea.synthetic.seeds import SeedOutOfRangeError
from peea.synthetic.sheets import REFERENCE_SIDE, SHEETS, TILE, make_sheet, write_references
from peea.synthetic.still_sets import StillSetError
from peea.synthetic.stills import benchmark_plan, make_benchmark

app = typer.Typer(
    help="Render synthetic patients: data set, recordings, benchmark, contact sheets.", no_args_is_help=True
)
console = Console()

BAD_INPUT = 2
"""Exit code of a command that was asked for something impossible, as everywhere in peea."""

Workers = Annotated[int, typer.Option(min=1, help="Processes that render at the same time.")]


@app.command()
def dataset(
    out: Annotated[Path, typer.Option(help="Folder of the data set; continued if it holds a part of the same one.")],
    people: Annotated[int, typer.Option(help="Number of synthetic patients.")] = DEFAULT_PEOPLE,
    images: Annotated[int, typer.Option(help="Number of images in all.")] = DEFAULT_IMAGES,
    seed: Annotated[int, typer.Option(help="Chooses the people and everything else; 0 to 999.")] = 1,
    size: Annotated[int, typer.Option(min=32, help="Width and height of the images in pixels.")] = 256,
    workers: Workers = 2,
    first: Annotated[
        int | None, typer.Option(min=1, help="Render nothing: take only this many people, who are finished already.")
    ] = None,
) -> None:
    """Render the training data set: images, manifest with both splits, landmarks, card."""
    try:
        plan = dataset_plan(people, images, seed, size)
        started = time.monotonic()
        if first is not None:
            card = take_first_people(plan, out, first)
        else:
            with _bar("Rendering images", images) as advance:
                card = make_dataset(plan, out, workers, advance)
    except (StillSetError, SeedOutOfRangeError) as error:
        raise _refusal(error) from error
    seconds = time.monotonic() - started
    console.print(f"{card['images']} images of {card['people']} people in {out} ({seconds:.0f} s).")
    console.print(f"Grades: {', '.join(f'{name} {count}' for name, count in card['grades'].items())}.")
    console.print(f"SHA-256 of the manifest: {card['manifest_sha256']}", soft_wrap=True)


@app.command()
def stills(
    out: Annotated[Path, typer.Option(help="Folder of the benchmark; must be empty.")],
    workers: Workers = 2,
) -> None:
    """Render the benchmark: stills of people in no training data set."""
    plan = benchmark_plan()
    try:
        with _bar("Rendering images", plan.images) as advance:
            card = make_benchmark(plan, out, workers, advance)
    except StillSetError as error:
        raise _refusal(error) from error
    console.print(f"{card['images']} images of {card['people']} people in {out}.")


@app.command()
def video(
    script: Annotated[str, typer.Argument(help="Name of the script; `peea synth scripts` lists them.")],
    out: Annotated[Path, typer.Option(help="The recording, .mp4; truth (.csv) and summary (.json) go beside it.")],
    seed: Annotated[int, typer.Option(min=0, help="Of room, light, camera, blinks and sway.")] = 0,
    person: Annotated[int | None, typer.Option(min=0, max=999, help="Another demonstration patient.")] = None,
    light: Annotated[str, typer.Option(help="as-scripted, or the same room once good and once dim.")] = "as-scripted",
    frames_a_second: Annotated[int, typer.Option(min=1, max=60, help="Frame rate of the recording.")] = 15,
    seconds: Annotated[float | None, typer.Option(min=0.2, max=600, help="Shorter or longer than the script.")] = None,
) -> None:
    """Render one scripted patient as a recording with the truth at each frame."""
    lights = {"as-scripted": lambda chosen: chosen, "good": in_good_light, "dim": in_dim_light}
    try:
        chosen = script_named(script)
    except UnknownScriptError as error:
        raise _refusal(error) from error
    if light not in lights:
        raise _refusal(ValueError(f"there is no light {light!r}; known are {', '.join(lights)}"))
    if out.suffix != ".mp4":
        raise _refusal(ValueError(f"a recording is written as .mp4; got {out.name}"))
    chosen = lights[light](chosen)
    if person is not None:
        chosen = replace(chosen, person=person)
    if seconds is not None:
        chosen = replace(chosen, duration_s=seconds)
    plan = RecordingPlan(chosen, seed, frames_a_second=frames_a_second)
    try:
        out.parent.mkdir(parents=True, exist_ok=True)
        with _bar("Rendering frames", plan.frame_count) as advance:
            summary = write_recording(plan, out, face_renderer, advance)
    except OSError as error:
        raise _refusal(OSError(f"{out} cannot be written ({error.strerror}); choose another place")) from error
    grade = "could not be assessed: " + summary["why_not"] if summary["grade"] is None else f"grade {summary['grade']}"
    console.print(f"{out}: {summary['seconds']:g} s, scripted report {grade}.")


@app.command()
def scripts() -> None:
    """List the scripts of recordings."""
    for script in DEMONSTRATION_SCRIPTS:
        console.print(f"{script.name:16} {script.title}")


@app.command()
def demo(
    out: Annotated[Path, typer.Option(help="Folder of the demonstration recordings.")] = Path("data/demo"),
    workers: Workers = 2,
    seed: Annotated[int, typer.Option(help="Of rooms and cameras.")] = DEMONSTRATION_SEED,
    only: Annotated[list[str] | None, typer.Option(help="Only these scripts.")] = None,
) -> None:
    """Render the demonstration recordings that are missing, and their index."""
    try:
        chosen = [script_named(name) for name in only] if only else DEMONSTRATION_SCRIPTS
        entries = make_demonstration(
            out, chosen, workers, seed, lambda name, seconds: console.print(f"{name}: {seconds:.0f} s")
        )
    except UnknownScriptError as error:
        raise _refusal(error) from error
    except OSError as error:
        raise _refusal(OSError(f"{out} cannot be written ({error.strerror}); choose another folder")) from error
    console.print(f"{len(entries)} recordings in {out}.")


@app.command()
def sheets(
    out: Annotated[Path, typer.Option(help="Folder of the contact sheets.")] = Path("docs/synthetic"),
    only: Annotated[list[str] | None, typer.Option(help=f"Only these: {', '.join(SHEETS)}.")] = None,
) -> None:
    """Render contact sheets: people, grades, single actions, stills as the data set has them."""
    from peea.synthetic.renderer import FaceRenderer

    unknown = [name for name in only or () if name not in SHEETS]
    if unknown:
        raise _refusal(ValueError(f"there is no sheet {unknown[0]!r}; known are {', '.join(SHEETS)}"))
    renderer = FaceRenderer(TILE, TILE)
    for name in only or SHEETS:
        console.print(f"{make_sheet(name, out, renderer)}")


@app.command()
def study(
    out: Annotated[Path, typer.Option(help="Folder of the study's small files.")] = Path("data/demo/study"),
    videos: Annotated[Path, typer.Option(help="Folder of the rendered recordings; kept for scoring again.")] = Path(
        "data/study"
    ),
    minutes: Annotated[
        float, typer.Option(min=0, help="Processor minutes for rendering recordings that are missing; 0 renders none.")
    ] = 0.0,
    model: Annotated[str | None, typer.Option(help="Grader under test; by default the released one.")] = None,
) -> None:
    """Write the demonstration study; grade its rendered recordings with the released grader, anew at each call."""
    from peea.graders import DEFAULT_MODEL, GraderError, load_grader
    from peea.synthetic.study_files import render_study, score_study, study_renderers, write_study

    rated = write_study(out)
    console.print(f"{rated} recordings rated by simulated clinicians in {out}.")
    try:
        grader = load_grader(model or DEFAULT_MODEL)
        rendered = render_study(
            videos, minutes, study_renderers, report=lambda code, seconds: console.print(f"{code}: {seconds:.0f} s")
        )
        with _bar("Grading recordings", rendered) as advance:
            graded, of = score_study(out, videos, grader, progress=advance)
    except (GraderError, OSError) as error:
        raise _refusal(error) from error
    name = f"{grader.identity.name} {grader.identity.version}"
    console.print(f"{graded} of {of} rendered recordings graded by {name}; {rated - of} not rendered.")


@app.command()
def references(
    out: Annotated[Path, typer.Option(help="Folder of the pictures.")] = Path("data/demo/references"),
) -> None:
    """Render what raters compare with: each PSPI action alone, absent and at the codes a to e."""
    from peea.synthetic.renderer import FaceRenderer

    try:
        written = write_references(out, FaceRenderer(REFERENCE_SIDE, REFERENCE_SIDE))
    except OSError as error:
        raise _refusal(OSError(f"{out} cannot be written ({error.strerror}); choose another folder")) from error
    size = sum(path.stat().st_size for path in written)
    console.print(f"{len(written)} pictures in {out}, {size / 1000:.0f} kB.")


@contextmanager
def _bar(title: str, total: int) -> Iterator[Callable[[int], None]]:
    """Show a progress bar with the time left; gives a function that is told the number of things done."""
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=console) as progress:
        task = progress.add_task(title, total=total)
        yield lambda done: progress.update(task, completed=done)


def _refusal(error: Exception) -> typer.Exit:
    """Print what was wrong as one sentence and return the exit for bad input."""
    Console(stderr=True).print(f"{error}", style="red", highlight=False, soft_wrap=True)
    return typer.Exit(BAD_INPUT)


if __name__ == "__main__":
    app()
