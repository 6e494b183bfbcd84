"""How the kernels are compiled: once a machine, kept on disk, never stale.

numba keeps compiled code beside the source and looks only at the date of the file in which a
function stands. A kernel takes in the kernels that it calls, so after a change in *their* files it
would run their old code; and an index that names a class which has moved cannot be read at all.
What `compiled` keeps is therefore stamped with a digest of the source files of its module and of
all modules of this package that this one imports, directly or not.
"""

from __future__ import annotations

import hashlib
import re
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, ParamSpec, TypeVar

import numba
from numba import njit
from numba.core import cgutils, types
from numba.extending import intrinsic, overload
from numba.np.arrayobj import make_array

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

_PACKAGE: Final = __name__.partition(".")[0]
_FOLDER: Final = Path(__file__).parents[__name__.count(".") - 1]
_IMPORT: Final = re.compile(
    rf"^\s*(?:from|import)\s+(?P<module>{re.escape(_PACKAGE)}[\w.]*)"
    r"(?:[ ]+import[ ]+(?:\((?P<many>[^)]*)\)|(?P<few>[^(\n]*)))?",
    re.MULTILINE,
)

P = ParamSpec("P")
R = TypeVar("R")
A = TypeVar("A")


def compiled(function: Callable[P, R]) -> Callable[P, R]:
    """Compile a function at its first call, to run without the interpreter lock.

    Division by zero gives inf or NaN as in numpy, so that loops become vector instructions. The
    code is kept in ``__pycache__`` (or ``NUMBA_CACHE_DIR``).
    """
    dispatcher: Any = njit(cache=True, nogil=True, error_model="numpy")(function)
    if dispatcher is not function and not _stamped(dispatcher, function.__module__):
        dispatcher = njit(nogil=True, error_model="numpy")(function)
    result: Callable[P, R] = dispatcher
    return result


def _stamped(dispatcher: Any, module: str) -> bool:
    """Write the digest where numba looks for its own version, before it reads anything else.

    No public setting reaches that place. Where a numba to come has none, nothing is kept: slow, but
    never stale.
    """
    index = getattr(getattr(dispatcher, "_cache", None), "_cache_file", None)
    if not hasattr(index, "_version"):
        return False
    index._version = f"{numba.__version__} {sources_digest(module)}"  # type: ignore[union-attr] # noqa: SLF001
    return True


def inlined(function: Callable[P, R]) -> Callable[P, R]:
    """As `compiled`, but put into its callers before they are compiled; nothing is kept."""
    result: Callable[P, R] = njit(nogil=True, error_model="numpy", inline="always")(function)
    return result


def borrowed(held: A) -> A:
    """Give the same array, or tuple of arrays, to compiled code without counting who holds it.

    Each time an array leaves a tuple, numba counts up and down again, in a place that all threads
    share; kernels that use their tuples in inner loops spend a sixth of their time on that. Only
    for arguments, which the caller holds until the kernel returns; never return what it gives.
    """
    return held


@intrinsic
def _uncounted(_context: Any, held: Any) -> tuple[Any, Callable[..., Any]]:
    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        return _without_count(context, builder, signature.args[0], arguments[0])

    return held(held), generate


def _without_count(context: Any, builder: Any, kind: Any, value: Any) -> Any:
    """Code for the value with nothing to count in it; what holds no array stays as it is."""
    if isinstance(kind, types.BaseTuple):
        parts = [
            _without_count(context, builder, part, builder.extract_value(value, i))
            for i, part in enumerate(list(kind))  # type: ignore[call-overload]
        ]
        return context.make_tuple(builder, kind, parts)
    if not isinstance(kind, types.Array):
        return value
    view = make_array(kind)(context, builder, value)  # type: ignore[no-untyped-call]
    view.meminfo = cgutils.get_null_value(view.meminfo.type)  # type: ignore[no-untyped-call]
    view.parent = cgutils.get_null_value(view.parent.type)  # type: ignore[no-untyped-call]
    return view._getvalue()  # noqa: SLF001


@overload(borrowed)
def _borrowed(held: Any) -> Any:  # noqa: ARG001 - numba compares the names
    def implementation(held: Any) -> Any:
        return _uncounted(held)  # type: ignore[call-arg]

    return implementation


@cache
def sources_digest(module: str) -> str:
    """Digest of the source files of a module and of what it imports from this package."""
    digest = hashlib.sha256()
    for name in sorted(_closure(module)):
        digest.update(name.encode())
        digest.update(_source(name))
    return digest.hexdigest()


def _closure(module: str) -> set[str]:
    found: set[str] = set()
    waiting = {module}
    while waiting:
        name = waiting.pop()
        found.add(name)
        waiting |= {other for other in _imports(_source(name)) if _source(other)} - found
    return found


def _imports(source: bytes) -> Iterator[str]:
    """Dotted names that a source imports from this package: modules, or things in modules."""
    for match in _IMPORT.finditer(source.decode()):
        yield match["module"]
        for thing in re.findall(r"\w+", match["many"] or match["few"] or ""):
            yield f"{match['module']}.{thing}"


@cache
def _source(module: str) -> bytes:
    """Source of a module of this package; empty for any other name."""
    if not module.startswith(f"{_PACKAGE}."):
        return b""
    path = _FOLDER.joinpath(*module.removeprefix(f"{_PACKAGE}.").split("."))
    for file in (path.with_suffix(".py"), path / "__init__.py"):
        if file.is_file():
            return file.read_bytes()
    return b""
