"""The first computation on a machine compiles the engine: say so, instead of seeming to hang."""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from qn_coverage.core.progress import Progress
    from qn_coverage.propagation.models import Model

COMPILING: Final = "Biên dịch bộ tính, chỉ ở lần chạy đầu / compile the engine, first run only"
COMPUTING: Final = "compute coverage"


class Announced:
    """Listener of the engine: coverage is being computed once it reports its first part.

    Parameters
    ----------
    progress
        Who is told.
    """

    def __init__(self, progress: Progress) -> None:
        self._progress = progress
        self._waiting = True
        progress.stage(COMPILING)

    def stage(self, title: str) -> None:
        """Pass a new stage on."""
        self._progress.stage(title)

    def advance(self, done: int, total: int) -> None:
        """Pass on how far the engine is; the first report ends the compiling."""
        if self._waiting:
            self._progress.stage(COMPUTING)
            self._waiting = False
        self._progress.advance(done, total)


def announced(progress: Progress, model: Model) -> Progress:
    """Listener for the engine, told that it compiles where no compiled code is kept yet."""
    if is_compiled("median_kernel" if model.kind == "terrain" else "mosaic_kernel"):
        progress.stage(COMPUTING)
        return progress
    return Announced(progress)


def is_compiled(module: str) -> bool:
    """Whether compiled code of a module of `propagation` is kept and still fits its source."""
    found = importlib.import_module(f"qn_coverage.propagation.{module}")
    # numba has no public way to ask. Where compiling is switched off there is nothing to wait for.
    caches = [kernel._cache for kernel in vars(found).values() if hasattr(kernel, "_cache")]  # noqa: SLF001
    files = [cache._cache_file for cache in caches if hasattr(cache, "_cache_file")]  # noqa: SLF001
    return not files or any(file._load_index() for file in files)  # noqa: SLF001
