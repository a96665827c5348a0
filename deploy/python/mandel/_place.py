"""Which points: what the arguments of compute(), submit() and sweep() mean, so that all take the
same. Numbers are kept as decimal text, which is what mandel-master reads and what deep places need;
a double's shortest decimal means that double.
"""
from __future__ import annotations

import re
import weakref
from decimal import Decimal
from operator import index
from typing import TYPE_CHECKING, Any, NamedTuple, Optional, Union

import numpy as np

if TYPE_CHECKING:  # numpy.typing takes 10 ms to load
    from numpy.typing import NDArray

    Counts = NDArray[np.uint32]
    Axis = NDArray[np.float64]
else:
    Counts = Axis = np.ndarray

Number = Union[float, str, Decimal]  # also int and NumPy's scalars
Center = Union[complex, str, tuple[Number, Number]]
Size = tuple[int, int]

_TUTORIAL = "-2.13,0.77,-1.3,1.3"
_DECIMAL = re.compile(r"-?(\d+\.?\d*|\.\d+)([eE][-+]?\d+)?")


def _decimal(name: str, number: Any) -> str:
    if isinstance(number, Decimal):
        text = str(number)
    elif isinstance(number, str):
        text = number.strip()
    else:
        try:
            text = repr(float(number))
        except (TypeError, ValueError, OverflowError):
            raise TypeError(f"{name}: {number!r} is no number; give a float, a Decimal or digits") from None
    if not _DECIMAL.fullmatch(text):
        raise ValueError(f"{name}: {number!r} is no decimal number like '-1.25' or '7.5e-31'")
    return text


def whole(name: str, number: Any, least: int = 1) -> int:
    """An integer that is not too small. The library and mandel-master say what is too large."""
    try:
        value = index(number)
    except TypeError:
        raise TypeError(f"{name}: {number!r} is no whole number") from None
    if not least <= value < 2**63:
        raise ValueError(f"{name}: {value} is too {'small' if value < least else 'large'}; "
                         f"give {least} or more")
    return value


def _centre(center: Any) -> tuple[str, str]:
    pair = center.split(",") if isinstance(center, str) else center
    if isinstance(pair, (tuple, list)):
        if len(pair) != 2:
            raise ValueError(f"center: {center!r} is no pair of numbers; give two, (re, im)")
        return _decimal("center", pair[0]), _decimal("center", pair[1])
    if isinstance(center, Decimal):
        return _decimal("center", center), "0"
    try:
        value = complex(center)
    except (TypeError, ValueError):
        raise TypeError(f"center: {center!r} is no complex number, and no pair (re, im)") from None
    return _decimal("center", value.real), _decimal("center", value.imag)


class Place(NamedTuple):
    """A view, or the tutorial's grid; nowhere, if nothing is said."""

    size: Optional[Size] = None
    centre: Optional[tuple[str, str]] = None
    span: Optional[str] = None
    tutorial: Optional[int] = None
    counts: Optional[str] = None
    corners: Optional[str] = None  # "x1,x2,y1,y2", of what is to be coloured, not computed

    @property
    def is_view(self) -> bool:
        return any(part is not None for part in (self.size, self.centre, self.span, self.corners))

    def or_tutorial(self) -> Place:
        """What is computed where nothing is said."""
        return self._replace(tutorial=1000) if self == Place(counts=self.counts) else self

    def of_shape(self, shape: tuple[int, ...]) -> Place:
        """For other counts of it: finer ones, or a thumbnail's."""
        rows, columns = shape
        return self._replace(size=(columns, rows)) if self.is_view else self

    def thinned(self) -> Place:
        """Of every nth count. A thinned grid of the tutorial's is none, but nearly a view."""
        return self if self.tutorial is None else Place(corners=_TUTORIAL)

    def options(self) -> dict[str, Any]:
        """mandel-master's."""
        return {
            "tutorial_size": self.tutorial,
            "size": self.size and "{}x{}".format(*self.size),
            "center": self.centre and ",".join(self.centre),
            "span": self.span,
            "view": self.corners,
            "counts": self.counts,
        }


def _ends(axis: Axis) -> Optional[tuple[float, float]]:
    """From edge to edge of the pixels around evenly spaced points; None if they are not."""
    steps = np.diff(axis)
    if not len(steps) or not steps[0] or not np.allclose(steps, steps[0], rtol=1e-6, atol=0):
        return None
    return float(axis[0] - steps[0] / 2), float(axis[-1] + steps[0] / 2)


def place_of_axes(xs: Axis, ys: Axis) -> Place:
    """For colours, which ask for points beyond 2: a view of these points or their mirror images, which
    are as far away. Nowhere if there is none."""
    columns, rows = _ends(xs), _ends(ys)
    if columns is None or rows is None:
        return Place()
    (left, right), (top, bottom) = columns, rows
    if left > right:
        left, right = -left, -right
    if top < bottom:
        top, bottom = -top, -bottom
    return Place(corners=f"{left!r},{right!r},{bottom!r},{top!r}")


_places: dict[int, Place] = {}  # by the id of an array that lives


def remember(counts: Counts, at: Place) -> None:
    """That these are the counts there, while they live. Where a point is can't be seen from its count: 0
    is the set's, and that of points beyond 2."""
    _places[id(counts)] = at.of_shape(counts.shape)
    weakref.finalize(counts, _places.pop, id(counts)).atexit = False


def place_of(counts: Any) -> Place:
    return _places.get(id(counts), Place())


def place(
    size: Optional[Size],
    center: Optional[Center],
    span: Optional[Number],
    tutorial: Optional[int],
    counts: Optional[str],
) -> Place:
    """Raises TypeError or ValueError, with a sentence that names the argument."""
    if size is not None:
        try:
            columns, rows = size
        except (TypeError, ValueError):
            raise TypeError(f"size: {size!r} is no pair; give (columns, rows)") from None
        size = whole("size", columns), whole("size", rows)
    if counts not in (None, "f64", "true"):
        raise ValueError(f"counts: {counts!r} is neither 'f64' nor 'true'")
    made = Place(
        size,
        None if center is None else _centre(center),
        None if span is None else _decimal("span", span),
        None if tutorial is None else whole("tutorial", tutorial),
        counts,
    )
    if made.span is not None and not Decimal(made.span) > 0:
        raise ValueError(f"span: {span!r} is too small; give a number above 0")
    if made.tutorial is not None and made.is_view:
        raise TypeError("tutorial: its grid has a size and a place of its own; "
                        "leave out size, center and span")
    return made
