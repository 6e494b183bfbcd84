"""Sparse matrices as the planner uses them: CSR of float64 with sorted columns."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from scipy import sparse

if TYPE_CHECKING:
    import numpy.typing as npt


def csr(matrix: Any) -> sparse.csr_array:
    """The matrix as CSR with sorted columns and one entry a cell."""
    out: Any = sparse.csr_array(matrix)
    out.sum_duplicates()
    out.sort_indices()
    return out  # type: ignore[no-any-return]


def entries(data: Any, rows: Any, columns: Any, shape: tuple[int, int]) -> sparse.csr_array:
    """CSR from entries; entries of one cell are added up."""
    values = np.asarray(data, dtype=np.float64)
    return csr(sparse.coo_array((values, (np.asarray(rows), np.asarray(columns))), shape=shape))


def zeros(rows: int, columns: int) -> sparse.csr_array:
    """CSR without entries."""
    return csr(sparse.csr_array((rows, columns), dtype=np.float64))


def block(matrix: sparse.csr_array, rows: Any, columns: Any = None) -> sparse.csr_array:
    """The given rows and columns, in that order."""
    part: Any = matrix[np.asarray(rows, dtype=np.int64)]
    return csr(part if columns is None else part[:, np.asarray(columns, dtype=np.int64)])


def highest(matrix: sparse.csr_array, rows: Any) -> npt.NDArray[np.float64]:
    """Highest entry of each column over the given rows, at least 0."""
    part = block(matrix, rows)
    out = np.zeros(part.shape[1])
    np.maximum.at(out, part.indices, part.data.astype(np.float64))
    return out


def row_sums(matrix: sparse.csr_array) -> npt.NDArray[np.float64]:
    """Sum of each row."""
    return np.asarray(matrix.sum(axis=1), dtype=np.float64).ravel()


def column_sums(matrix: sparse.csr_array) -> npt.NDArray[np.float64]:
    """Sum of each column."""
    return np.asarray(matrix.sum(axis=0), dtype=np.float64).ravel()
