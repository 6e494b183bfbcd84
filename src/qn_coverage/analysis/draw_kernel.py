"""The compiled loops of the simulation: one pair of error fields, all land cells, all states."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from qn_coverage.analysis.normal import answer
from qn_coverage.propagation._compile import compiled

if TYPE_CHECKING:
    import numpy.typing as npt


@compiled
def answer_pair(
    margin_db: npt.NDArray[np.float32],
    first: npt.NDArray[np.int32],
    weight: npt.NDArray[np.float32],
    stride: npt.NDArray[np.int64],
    nodes: npt.NDArray[np.complex64],
    required_db: float,
    inverse_spread: float,
    table: npt.NDArray[np.float32],
    out: npt.NDArray[np.float32],
) -> None:
    """Answer of every cell under two error fields.

    Parameters
    ----------
    margin_db
        Margin over the threshold, (cells, states).
    first, weight, stride
        Stencils: index of the first of four nodes, (cells, components), their weights,
        (cells, components, 4), nodes in a row of each component's lattice, (components,).
    nodes
        The lattices of all components one behind the other; real and imaginary part are the two
        fields.
    required_db, inverse_spread, table
        As in `normal.answer`.
    out
        Answers, (cells, 2 · states), first field first.
    """
    cells, states = margin_db.shape
    for cell in range(cells):
        error = np.complex64(0.0)
        for part in range(first.shape[1]):
            at = first[cell, part]
            below = at + stride[part]
            error += weight[cell, part, 0] * nodes[at]
            error += weight[cell, part, 1] * nodes[at + 1]
            error += weight[cell, part, 2] * nodes[below]
            error += weight[cell, part, 3] * nodes[below + 1]
        for state in range(states):
            excess = margin_db[cell, state] - required_db
            out[cell, state] = answer(excess + error.real, inverse_spread, table)
            out[cell, states + state] = answer(excess + error.imag, inverse_spread, table)


@compiled
def sum_rows(
    starts: npt.NDArray[np.int64],
    cells: npt.NDArray[np.int64],
    values: npt.NDArray[np.float64],
    answers: npt.NDArray[np.float32],
    out: npt.NDArray[np.float64],
) -> None:
    """Product of a CSR matrix (rows, cells) with answers (cells, k): out (rows, k), float64."""
    for row in range(starts.shape[0] - 1):
        out[row] = 0.0
        for at in range(starts[row], starts[row + 1]):
            for column in range(answers.shape[1]):
                out[row, column] += values[at] * answers[cells[at], column]


@compiled
def pick_cells(
    starts: npt.NDArray[np.int64],
    cells: npt.NDArray[np.int64],
    cumulative: npt.NDArray[np.float64],
    uniform: npt.NDArray[np.float64],
    out: npt.NDArray[np.int64],
) -> None:
    """A cell for each village, drawn by weight from its disc; -1 where the disc is empty.

    `cumulative` are the running sums of each row's weights and end at 1; `uniform` is in [0, 1).
    """
    for row in range(starts.shape[0] - 1):
        begin, end = starts[row], starts[row + 1]
        if begin == end:
            out[row] = -1
        else:
            at = begin + np.searchsorted(cumulative[begin:end], uniform[row], side="right")
            out[row] = cells[min(at, end - 1)]
