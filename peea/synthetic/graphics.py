"""The OpenGL side of rendering: a context without a window, programs from the package's shaders, buffers."""

from __future__ import annotations

import os
from importlib.resources import files

import moderngl
import numpy as np

SHADER_HEADER = "#version 330\n"
SAMPLES = 4
"""Samples a pixel for the edges of the multisampled picture."""


class GraphicsUnavailableError(RuntimeError):
    """No OpenGL context could be made."""


def create_context() -> moderngl.Context:
    """Return an OpenGL context by EGL; software rendering (llvmpipe) unless the environment says otherwise.

    Raises:
        GraphicsUnavailableError: EGL or its driver is missing.
    """
    os.environ.setdefault("LIBGL_ALWAYS_SOFTWARE", "1")
    try:
        return moderngl.create_standalone_context(backend="egl")  # type: ignore[arg-type]
    except Exception as error:  # glcontext raises bare Exception for a missing library or driver
        raise GraphicsUnavailableError(
            f"The renderer of synthetic patients could not start ({error}). It needs EGL; on Debian install it with: "
            "apt-get install libegl1 libegl-mesa0 libgl1-mesa-dri"
        ) from error


def _shader(*names: str) -> str:
    folder = files("peea.synthetic") / "shaders"
    return SHADER_HEADER + "\n".join((folder / name).read_text() for name in names)


def program(context: moderngl.Context, vertex: str, *fragment: str) -> moderngl.Program:
    """Return the program of a vertex shader file and fragment shader files, which are joined in order."""
    return context.program(_shader(vertex), _shader(*fragment))


def set_uniform(target: moderngl.Program, name: str, value: object) -> None:
    """Set a uniform if the program kept it; matrices are given row-major as numpy arrays."""
    if name not in target:
        return
    uniform = target[name]
    if isinstance(value, np.ndarray):
        transposed = value.swapaxes(-1, -2) if value.ndim >= 2 and value.shape[-2:] == (4, 4) else value
        uniform.write(np.ascontiguousarray(transposed, np.float32).tobytes())  # type: ignore[union-attr]
    else:
        uniform.value = value  # type: ignore[union-attr]
