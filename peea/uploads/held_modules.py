"""Modules that are loaded when they are first needed, from memory: where no file can be opened any more."""

from __future__ import annotations

import pkgutil
import sys
from collections.abc import Sequence
from importlib.abc import InspectLoader, MetaPathFinder
from importlib.machinery import ModuleSpec
from importlib.util import spec_from_loader
from types import CodeType, ModuleType


def hold_modules(package: ModuleType) -> None:
    """Read the code of every module of a package that is not loaded yet, so that importing it opens no file.

    A library of hundreds of modules, each of which takes long to load and few of which a file needs, stays usable.
    """
    codes: dict[str, CodeType] = {}
    for found in pkgutil.iter_modules(package.__path__, f"{package.__name__}."):
        if found.ispkg or found.name in sys.modules:
            continue
        spec = found.module_finder.find_spec(found.name, None)
        code = spec.loader.get_code(found.name) if spec and isinstance(spec.loader, InspectLoader) else None
        if code is not None:
            codes[found.name] = code
    sys.meta_path.insert(0, _Held(codes))


class _Held(MetaPathFinder, InspectLoader):
    def __init__(self, codes: dict[str, CodeType]) -> None:
        self._codes = codes

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        return spec_from_loader(fullname, self, is_package=False) if fullname in self._codes else None

    def get_code(self, fullname: str) -> CodeType | None:
        return self._codes.get(fullname)

    def get_source(self, fullname: str) -> str | None:
        return None
