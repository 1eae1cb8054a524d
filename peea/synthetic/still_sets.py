"""Rendering a set of stills person by person, on several cores, resumable after a kill and byte-equal when repeated.

Each person is a shard: the pictures are written first, and the shard's record last, under a temporary name that is
then renamed. Whatever a killed run left without a record is rendered again by the next run, so that a set is the same
however often it was interrupted. The folder's plan names the sources of the generator that began it; other sources may
continue only if they render a person who is finished to the same bytes.
"""

from __future__ import annotations

import csv
import hashlib
import io
import json
import multiprocessing
import os
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Final

import cv2
import numpy as np

from peea.synthetic.camera import encode_jpeg
from peea.synthetic.expressions import draw_pain_style
from peea.synthetic.person import Person
from peea.synthetic.seeds import generator
from peea.synthetic.shots import Renderer, Wish, deal_wishes, plan_shot, take_still

PLAN_FILE: Final = "plan.json"
MANIFEST_FILE: Final = "manifest.csv"
LANDMARKS_FILE: Final = "landmarks.npz"
SHARDS: Final = "shards"
IMAGES: Final = "images"
WITHOUT_EFFECT_ON_STILLS: Final = (
    "commands.py", "courses.py", "dataset.py", "demonstration.py", "recording.py", "scripts.py", "sheets.py",
    "stills.py",
)  # fmt: skip
"""Sources that change neither the pixels nor the truth of a still."""
POLL_S: Final = 0.5
"""How often progress is reported, in seconds."""


class StillSetError(Exception):
    """A set of stills cannot be made in this folder; the sentence says why and what to do."""


@dataclass(frozen=True)
class StillSetPlan:
    """What a set of stills shall hold. Every picture follows from it and from the generator's source.

    Attributes:
        name: of the set; also the first part of its folder's identity.
        person_seeds: the people, in order.
        images: number of pictures in all, spread evenly over the people.
        size: of the square pictures in pixels.
        seed: of everything that is not a person.
        jpeg_quality: with which the pictures are kept (full colour resolution).
    """

    name: str
    person_seeds: range
    images: int
    size: int = 256
    seed: int = 0
    jpeg_quality: int = 92

    def __post_init__(self) -> None:
        if self.images < len(self.person_seeds):
            raise StillSetError(
                f"{self.images} images of {len(self.person_seeds)} people were asked for; ask for at least one each"
            )

    def images_of(self, index: int) -> int:
        """Return how many pictures show the person with this index."""
        each, more = divmod(self.images, len(self.person_seeds))
        return each + (index < more)

    def identity(self) -> dict[str, Any]:
        """Return what must agree for a folder to be continued."""
        return {
            "name": self.name,
            "first_person_seed": self.person_seeds.start,
            "people": len(self.person_seeds),
            "images": self.images,
            "size": self.size,
            "seed": self.seed,
            "jpeg_quality": self.jpeg_quality,
            "generator_sha256": generator_sha256(),
        }


@cache
def generator_sha256() -> str:
    """Return the SHA-256 over the sources (peea/synthetic, peea/scales.py) that pixels and truths depend on.

    Taken once a process, so that a set's card names the sources with which its rendering began.
    """
    folder = Path(__file__).parent
    sources = sorted(
        path
        for path in folder.rglob("*")
        if path.suffix in (".py", ".glsl", ".vert", ".frag") and path.name not in WITHOUT_EFFECT_ON_STILLS
    )
    digest = hashlib.sha256()
    for path in [*sources, folder.parent / "scales.py"]:
        digest.update(path.name.encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()


def face_renderer(size: int) -> Renderer:
    """Return the renderer of synthetic patients for square pictures of this size."""
    from peea.synthetic.renderer import FaceRenderer

    return FaceRenderer(size, size)


def make_still_set(
    plan: StillSetPlan,
    folder: Path,
    workers: int = 2,
    progress: Callable[[int], None] | None = None,
    renderer: Callable[[int], Renderer] = face_renderer,
) -> list[dict[str, Any]]:
    """Render what is missing of a set, and return all its rows in order.

    Args:
        plan: what to render.
        folder: where; made if missing, continued if it holds a part of the same plan.
        workers: processes; one person is always rendered by one process.
        progress: called now and then with the number of pictures that exist.
        renderer: gives a renderer for a size in pixels; called once in each process.

    Returns:
        One dictionary a picture: file, index of the person, truth, landmarks, visibility, SHA-256 of the file.

    Raises:
        StillSetError: the folder holds something else, cannot be written, or a worker failed.
    """
    if not claim_folder(plan, folder):
        _refuse_another_generator(plan, folder, renderer)
    counts = [plan.images_of(index) for index in range(len(plan.person_seeds))]
    missing = [index for index in range(len(counts)) if not _shard_path(folder, index).exists()]
    done_before = plan.images - sum(counts[index] for index in missing)
    context = multiprocessing.get_context("spawn")
    done = context.Value("q", 0)
    # One software rasteriser thread a process: with as many processes as cores, more threads only get in the way.
    os.environ.update({"LP_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"})
    processes = [
        context.Process(target=_work, args=(plan, folder, missing[first::workers], done, renderer), daemon=True)
        for first in range(min(workers, len(missing)))
    ]
    for process in processes:
        process.start()
    try:
        while any(process.is_alive() for process in processes):
            if progress:
                progress(done_before + done.value)
            time.sleep(POLL_S)
            if any(process.exitcode for process in processes):
                break
    finally:
        for process in processes:
            if process.is_alive():
                process.terminate()
            process.join()
    if any(process.exitcode for process in processes):
        raise StillSetError(
            f"rendering into {folder} stopped early; its reason is printed above; run again to continue"
        )
    if progress:
        progress(plan.images)
    return [row for index in range(len(counts)) for row in _read_shard(folder, index)]


def claim_folder(plan: StillSetPlan, folder: Path) -> bool:
    """Mark the folder as this plan's, or see that it already is.

    Returns:
        False if the set in the folder was begun by other sources of the generator.

    Raises:
        StillSetError: it holds another set or other files, or cannot be written.
    """
    identity = plan.identity()
    try:
        folder.mkdir(parents=True, exist_ok=True)
        path = folder / PLAN_FILE
        if path.exists():
            found = json.loads(path.read_text())
            differing = sorted(name for name in identity if found.get(name) != identity[name])
            same_generator = "generator_sha256" not in differing
            if differing not in ([], ["generator_sha256"]):
                raise StillSetError(
                    f"{folder} holds another set of stills (it differs in {', '.join(differing)}); "
                    "choose an empty folder, or delete this one"
                )
        elif any(folder.iterdir()):
            raise StillSetError(f"{folder} holds other files and no set of stills; choose an empty folder")
        else:
            same_generator = True
            write_whole(path, json.dumps(identity, indent=2).encode())
        (folder / SHARDS).mkdir(exist_ok=True)
    except json.JSONDecodeError as error:
        raise StillSetError(f"{folder / PLAN_FILE} cannot be read ({error}); choose an empty folder") from error
    except OSError as error:
        raise StillSetError(f"{folder} cannot be written ({error.strerror}); choose another folder") from error
    return same_generator


def _refuse_another_generator(plan: StillSetPlan, folder: Path, renderer: Callable[[int], Renderer]) -> None:
    """Render the first finished person once more; raise StillSetError if a picture or a truth differs."""
    finished = sorted((folder / SHARDS).glob("p*.json"))
    if not finished:
        return
    index = int(finished[0].stem[1:])
    with tempfile.TemporaryDirectory() as elsewhere:
        again = Path(elsewhere)
        (again / SHARDS).mkdir()
        render_person(plan, again, index, _wishes_of(plan, index), renderer(plan.size), lambda: None)
        if _read_shard(again, index) != _read_shard(folder, index):
            raise StillSetError(
                f"{folder} was begun by another version of the generator, whose pictures differ from this one's; "
                "choose an empty folder, or delete this one"
            )


def _wishes_of(plan: StillSetPlan, index: int) -> list[Wish]:
    first = sum(plan.images_of(earlier) for earlier in range(index))
    return deal_wishes(plan.images, generator(plan.seed, 6))[first : first + plan.images_of(index)]


def write_whole(path: Path, content: bytes) -> None:
    """Write a file so that a kill leaves either the whole of it or none."""
    temporary = path.with_name(path.name + ".part")
    temporary.write_bytes(content)
    os.replace(temporary, path)


def write_manifest(folder: Path, rows: Sequence[dict[str, Any]]) -> str:
    """Write manifest.csv and landmarks.npz; return the manifest's SHA-256. One line an image, in the rows' order."""
    columns = [name for name in rows[0] if name not in ("landmarks", "visible", "five")]
    text = io.StringIO()
    writer = csv.DictWriter(text, columns, extrasaction="ignore", lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    content = text.getvalue().encode()
    archive = io.BytesIO()
    np.savez_compressed(
        archive,
        image=np.array([row["image"] for row in rows]),
        landmarks=np.array([row["landmarks"] for row in rows], np.float32),
        visible=np.array([row["visible"] for row in rows], bool),
        five=np.array([row["five"] for row in rows], np.float32),
    )
    write_whole(folder / LANDMARKS_FILE, archive.getvalue())
    write_whole(folder / MANIFEST_FILE, content)
    return hashlib.sha256(content).hexdigest()


def render_person(
    plan: StillSetPlan,
    folder: Path,
    index: int,
    wishes: Sequence[Wish],
    renderer: Renderer,
    after_each: Callable[[], None],
) -> None:
    """Render all pictures of one person and write the shard's record last."""
    person = Person.from_seed(plan.person_seeds[index])
    style = draw_pain_style(generator(plan.seed, person.seed, 5))
    renderer.load(person)
    pictures = folder / IMAGES / f"p{index:04d}"
    pictures.mkdir(parents=True, exist_ok=True)
    rows = []
    for number, wish in enumerate(wishes):
        shot = plan_shot(person, style, wish, plan.size, plan.seed, person.seed, number)
        still = take_still(person, shot, renderer, plan.size)
        content = encode_jpeg(still.image, plan.jpeg_quality, full_color=True)
        path = pictures / f"p{index:04d}_{number:03d}.jpg"
        path.write_bytes(content)
        rows.append(
            {"image": str(path.relative_to(folder)), "person": index}
            | still.truth
            | {
                "sha256": hashlib.sha256(content).hexdigest(),
                "landmarks": np.round(still.landmarks.astype(float), 2).tolist(),
                "visible": still.visible.astype(int).tolist(),
                "five": np.round(still.five.astype(float), 2).tolist(),
            }
        )
        after_each()
    write_whole(_shard_path(folder, index), json.dumps(rows).encode())


def _work(
    plan: StillSetPlan, folder: Path, indices: Sequence[int], done: Any, renderer_of: Callable[[int], Renderer]
) -> None:
    """One process: its share of the people, until they are done or its parent is gone."""
    cv2.setNumThreads(1)
    parent = os.getppid()
    renderer = renderer_of(plan.size)

    def after_each() -> None:
        if os.getppid() != parent:  # the command was killed: nobody would collect what is rendered from here on
            raise SystemExit(1)
        with done.get_lock():
            done.value += 1

    for index in indices:
        render_person(plan, folder, index, _wishes_of(plan, index), renderer, after_each)


def _shard_path(folder: Path, index: int) -> Path:
    return folder / SHARDS / f"p{index:04d}.json"


def _read_shard(folder: Path, index: int) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = json.loads(_shard_path(folder, index).read_text())
    return rows
