"""The polynomials against the C library, and the fused multiply-add against exact fractions."""

from __future__ import annotations

import math
from fractions import Fraction

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from numba import njit

from qn_coverage.propagation import fastmath

POSITIVE = st.floats(1e-300, 1e300)
MODERATE = st.floats(-1e150, 1e150).filter(lambda x: x == 0.0 or abs(x) > 1e-100)


@njit
def log2(x):
    return fastmath.log2(x)


@njit
def exp2(x):
    return fastmath.exp2(x)


@njit
def arc_tangent(x):
    return fastmath.arc_tangent(x)


@njit
def sine_of_third(tangent):
    return tangent * fastmath.third_of_angle(tangent * tangent)


@njit
def fma(a, b, c):
    return fastmath.fma(a, b, c)


@njit
def in_vectors(x, out):
    for i in range(x.shape[0]):
        out[0, i] = fastmath.log2(np.abs(x[i]) + 1e-9)
        out[1, i] = fastmath.exp2(x[i])
        out[2, i] = fastmath.arc_tangent(x[i])


@given(POSITIVE)
def test_logarithm(x):
    assert abs(log2(x) - math.log2(x)) <= 2e-12


@given(st.floats(-1000.0, 1000.0))
def test_power_of_two(x):
    assert math.isclose(exp2(x), 2.0**x, rel_tol=3e-13)


@given(st.floats(-1e6, 1e6))
def test_arc_tangent(x):
    assert math.isclose(arc_tangent(x), math.atan(x), rel_tol=1e-14, abs_tol=1e-300)


@given(st.floats(-math.pi / 2.0, math.pi / 2.0))
def test_sine_of_a_third_of_an_angle(angle):
    expected = math.sin(angle / 3.0)
    assert math.isclose(sine_of_third(math.tan(0.5 * angle)), expected, rel_tol=1e-14)


@given(a=MODERATE, b=MODERATE, c=MODERATE)
def test_fused_multiply_add_is_rounded_once(a, b, c):
    assert fma(a, b, c) == float(Fraction(a) * Fraction(b) + Fraction(c))


@given(st.lists(st.floats(-900.0, 900.0), min_size=17, max_size=40))
def test_vectors_and_single_values_have_the_same_bits(values):
    found = np.empty((3, len(values)))
    in_vectors(np.array(values), found)
    single = [
        [log2(abs(x) + 1e-9) for x in values],
        [exp2(x) for x in values],
        [arc_tangent(x) for x in values],
    ]
    assert found.tobytes() == np.array(single).tobytes()
