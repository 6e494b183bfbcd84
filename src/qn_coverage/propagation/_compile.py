"""How the kernels are compiled: once a machine, kept on disk, never stale.

numba keeps compiled code beside the source and looks only at the date of the file in which a
function stands. A kernel takes in the kernels that it calls, so after a change in *their* files it
would run their old code; and an index that names a class which has moved cannot be read at all.
What `compiled` keeps is therefore stamped with a digest of every source file of `propagation`.
"""

from __future__ import annotations

import hashlib
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, ParamSpec, TypeVar

import numba
from numba import njit

if TYPE_CHECKING:
    from collections.abc import Callable

P = ParamSpec("P")
R = TypeVar("R")


def compiled(function: Callable[P, R]) -> Callable[P, R]:
    """Compile a function at its first call, to run without the interpreter lock.

    Division by zero gives inf or NaN as in numpy, so that loops become vector instructions. The
    code is kept in ``__pycache__`` (or ``NUMBA_CACHE_DIR``).
    """
    dispatcher: Any = njit(cache=True, nogil=True, error_model="numpy")(function)
    if hasattr(dispatcher, "_cache"):  # not so where NUMBA_DISABLE_JIT leaves the function alone
        # No public setting reaches the version that numba reads from an index before all else.
        index = dispatcher._cache._cache_file  # noqa: SLF001
        index._version = f"{numba.__version__} {sources_digest()}"  # noqa: SLF001
    result: Callable[P, R] = dispatcher
    return result


def inlined(function: Callable[P, R]) -> Callable[P, R]:
    """As `compiled`, but put into its callers before they are compiled; nothing is kept."""
    result: Callable[P, R] = njit(nogil=True, error_model="numpy", inline="always")(function)
    return result


@cache
def sources_digest() -> str:
    """Digest of the source files of `propagation` and its folders."""
    digest = hashlib.sha256()
    folder = Path(__file__).parent
    for path in sorted(folder.rglob("*.py")):
        digest.update(path.relative_to(folder).as_posix().encode())
        digest.update(path.read_bytes())
    return digest.hexdigest()
