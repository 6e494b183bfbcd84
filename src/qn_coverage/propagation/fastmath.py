"""Logarithm, power of two and two odd functions as polynomials that LLVM can put into vectors.

Numba's build has no vector library, so a call of the C library in a loop makes it scalar. These are
straight-line code with nothing but + - * /, fused multiply-adds, shifts and bit casts: exact to a
few units in the last place of a double where it says so, and the same bits in vector and scalar
loops. Even and odd powers of a long polynomial are summed apart: the chain of dependent steps,
which is what takes the time, is half as long.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, ParamSpec, TypeVar, cast

import numpy as np
from numba import njit, types
from numba.extending import intrinsic

if TYPE_CHECKING:
    from collections.abc import Callable

P = ParamSpec("P")
R = TypeVar("R")

DB_PER_LOG2: Final = 3.0102999566398120
"""10 log10(2)."""

_SQRT_HALF_BITS: Final = np.uint64(0x3FE6A09E667F3BCD)
_ONE_BITS: Final = np.uint64(0x3FF0000000000000)
_TWO_52_BITS: Final = np.uint64(0x4330000000000000)
_MANTISSA: Final = np.uint64(52)
_TWO_52: Final = 4503599627370496.0
_ROUND: Final = 6755399441055744.0  # 1.5 · 2^52: adding it rounds to an integer
_BIAS: Final = 1023.0
_INV_LN2: Final = 1.4426950408889634
_LN2: Final = 0.6931471805599453


def flat(function: Callable[P, R]) -> Callable[P, R]:
    """Compile and force into the caller's loop."""
    result: Callable[P, R] = njit(nogil=True, error_model="numpy", forceinline=True, cache=False)(
        function
    )
    return result


def ordered(function: Callable[P, R]) -> Callable[P, R]:
    """Compile for data without NaN and signed zeros: greatest values may be sought in vectors.

    Nothing is rounded in another way for it.
    """
    result: Callable[P, R] = njit(
        nogil=True, error_model="numpy", fastmath={"nnan", "nsz"}, cache=False
    )(function)
    return result


def _fused(_typing: Any, _a: Any, _b: Any, _c: Any) -> Any:
    def generate(_context: Any, builder: Any, _signature: Any, arguments: Any) -> Any:
        return builder.fma(*arguments)

    double = types.float64
    return double(double, double, double), generate


fma = cast("Callable[[float, float, float], float]", intrinsic(_fused))
"""Product of the first two plus the third, rounded once: half as long as one after the other.

The same bits on every machine: where the instruction is missing, the C library computes it.
"""


@flat
def log2(x: float) -> float:
    """Base-2 logarithm of a positive normal number, absolute error below 2e-12."""
    bits = np.float64(x).view(np.uint64)
    shifted = bits + (_ONE_BITS - _SQRT_HALF_BITS)
    exponent = shifted >> _MANTISSA
    mantissa = np.uint64(bits - (exponent << _MANTISSA) + _ONE_BITS).view(np.float64)
    power = np.uint64(exponent | _TWO_52_BITS).view(np.float64) - (_TWO_52 + _BIAS)
    t = (mantissa - 1.0) / (mantissa + 1.0)
    s = t * t
    series = 1.0 / 13.0
    series = fma(series, s, 1.0 / 11.0)
    series = fma(series, s, 1.0 / 9.0)
    series = fma(series, s, 1.0 / 7.0)
    series = fma(series, s, 1.0 / 5.0)
    series = fma(series, s, 1.0 / 3.0)
    return power + 2.0 * _INV_LN2 * (t + t * s * series)


@flat
def exp2(x: float) -> float:
    """2^x within 3e-13 of itself; x is clipped to -1000 … 1000."""
    x = min(max(x, -1000.0), 1000.0)
    shifted = x + _ROUND
    y = (x - (shifted - _ROUND)) * _LN2
    power = np.float64(shifted).view(np.uint64) << _MANTISSA
    square = y * y
    even = 1.0 / 3628800.0
    even = fma(even, square, 1.0 / 40320.0)
    even = fma(even, square, 1.0 / 720.0)
    even = fma(even, square, 1.0 / 24.0)
    even = fma(even, square, 0.5)
    even = fma(even, square, 1.0)
    odd = 1.0 / 362880.0
    odd = fma(odd, square, 1.0 / 5040.0)
    odd = fma(odd, square, 1.0 / 120.0)
    odd = fma(odd, square, 1.0 / 6.0)
    odd = fma(odd, square, 1.0)
    series = fma(odd, y, even)
    return np.uint64(np.float64(series).view(np.uint64) + power).view(np.float64)


@flat
def arc_tangent(x: float) -> float:
    """Arc tangent of any finite number, radians, within 1e-15 of itself.

    Twice that of the half angle, an odd polynomial fitted at Chebyshev nodes.
    """
    y = x / (1.0 + np.sqrt(1.0 + x * x))
    s = y * y
    square = s * s
    even = -0.00031420077366807334
    even = fma(even, square, -0.0050003664537326496)
    even = fma(even, square, -0.02033087003302746)
    even = fma(even, square, -0.03852606834610674)
    even = fma(even, square, -0.052025829246698206)
    even = fma(even, square, -0.06664007607654046)
    even = fma(even, square, -0.09090875100099982)
    even = fma(even, square, -0.14285714201153485)
    even = fma(even, square, -0.333333333333188)
    odd = 2.969635660165779e-05
    odd = fma(odd, square, 0.0015739493241755762)
    odd = fma(odd, square, 0.011430023675054508)
    odd = fma(odd, square, 0.02992405293802711)
    odd = fma(odd, square, 0.045668724719449945)
    odd = fma(odd, square, 0.05867776001706719)
    odd = fma(odd, square, 0.07691950418796795)
    odd = fma(odd, square, 0.11111108947215684)
    odd = fma(odd, square, 0.19999999998244405)
    series = fma(odd, s, even)
    return 2.0 * (y + y * s * series)


@flat
def third_of_angle(s: float) -> float:
    """sin(θ / 3) over the tangent t of half the angle θ, of s = t², for θ in -90 … 90°.

    Within 1e-15 of itself: a polynomial fitted at Chebyshev nodes.
    """
    square = s * s
    even = 4.3592702762131114e-05
    even = fma(even, square, 0.002297832049213038)
    even = fma(even, square, 0.016514695856323293)
    even = fma(even, square, 0.042355055609170654)
    even = fma(even, square, 0.06221574465487388)
    even = fma(even, square, 0.07539110060312727)
    even = fma(even, square, 0.0914637986180229)
    even = fma(even, square, 0.11916402649096224)
    even = fma(even, square, 0.1838134430463622)
    even = fma(even, square, 0.6666666666666664)
    odd = -0.00046015211462701293
    odd = fma(odd, square, -0.007268619131524283)
    odd = fma(odd, square, -0.02912506298002225)
    odd = fma(odd, square, -0.05363644345505801)
    odd = fma(odd, square, -0.06899551157771698)
    odd = fma(odd, square, -0.08257503236475872)
    odd = fma(odd, square, -0.10309096533894008)
    odd = fma(odd, square, -0.1431692310634496)
    odd = fma(odd, square, -0.2716049382713869)
    value: float = fma(odd, s, even)
    return value
