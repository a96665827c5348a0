"""compute(): the kernels in this process.

What may take long is computed on a thread of its own, while the caller's waits and so hears Ctrl-C at
once. Were Python called back from within the computation instead, a KeyboardInterrupt could be raised
there before any `try` is reached. What can't take long is computed at once: a thread would cost the
tutorial's job, which takes less than a millisecond, half as much again.
"""
from __future__ import annotations

import ctypes
import os
import threading
from contextlib import contextmanager
from typing import Any, Iterator, Optional

import numpy as np

from . import _library as lib
from ._errors import Error
from ._place import Axis, Center, Counts, Number, Place, Size, place, place_of_axes, remember, whole
from ._show import Show

Axes = tuple[Axis, Axis]

_SHORT = 1 << 28  # iterations: the fastest kernels take a tenth of a second for them at most

_engines: dict[tuple[str, int], int] = {}
_making = threading.Lock()


def _forget_engines() -> None:
    """In the child of a fork: their threads are the parent's."""
    global _making
    _making = threading.Lock()
    _engines.clear()


os.register_at_fork(after_in_child=_forget_engines)


def _engine(kernel: str, threads: int) -> int:
    with _making:
        key = kernel, threads
        if key not in _engines:
            options = lib.EngineOptions(kernel=kernel.encode(), threads=threads)
            _engines[key] = lib.library().new("engine_new", ctypes.byref(options))
        return _engines[key]


def _axis(name: str, axis: Any) -> Axis:
    values = np.asarray(axis)
    if values.dtype != np.float64:
        raise TypeError(f"axes: {name} is {values.dtype}; counts are of these very points, so give "
                        f"float64: {name}.astype(float)")
    if values.ndim != 1:
        raise ValueError(f"axes: {name} has {values.ndim} dimensions; give one")
    return np.ascontiguousarray(values)


def _axes_grid(axes: Any) -> int:
    try:
        xs, ys = axes
    except (TypeError, ValueError):
        raise TypeError("axes: give a pair of arrays, (xs, ys)") from None
    xs, ys = _axis("xs", xs), _axis("ys", ys)
    return lib.library().new("grid_axes", xs.ctypes.data, len(xs), ys.ctypes.data, len(ys))


def _is_fine(grid: int) -> bool:
    """Can doubles tell the pixels apart?"""
    library = lib.library()
    for side, length in (("xs", "columns"), ("ys", "rows")):
        axis = np.ctypeslib.as_array(getattr(library, "grid_" + side)(grid),
                                     (getattr(library, "grid_" + length)(grid),))
        if (axis[1:] == axis[:-1]).any():
            return False
    return True


def _view_grid(at: Place) -> int:
    """By mandel-master's rules: what is left out, and which counts they are."""
    library = lib.library()
    columns, rows = at.size or (1000, 1000)
    re, im = at.centre or ("-0.75", "0")
    span = at.span or repr(max(3.0, 2.6 * columns / rows))
    if at.counts != "true":
        step = float(span) / columns
        view = lib.View(centre_x=float(re), centre_y=float(im), step_x=step, step_y=step,
                        columns=columns, rows=rows)
        try:
            grid = library.new("grid_view", ctypes.byref(view))
        except Error:
            if at.counts == "f64":
                raise
        else:
            if at.counts == "f64" or _is_fine(grid):
                return grid
            library.grid_free(grid)
    deep = lib.DeepView(re=re.encode(), im=im.encode(), span=span.encode(), columns=columns, rows=rows)
    return library.new("grid_deep", ctypes.byref(deep))


@contextmanager
def _grid(at: Place, axes: Optional[Axes]) -> Iterator[int]:
    if axes is not None:
        if at != Place():
            raise TypeError("axes: they are all points; leave out what else says which")
        grid = _axes_grid(axes)
    elif at.is_view:
        grid = _view_grid(at)
    elif at.counts == "true":
        raise ValueError("counts: the tutorial's grid consists of rounded numbers; "
                         "give size, center and span")
    else:
        grid = lib.library().new("grid_tutorial", 1000 if at.tutorial is None else at.tutorial)
    try:
        yield grid
    finally:
        lib.library().grid_free(grid)


class _Call(threading.Thread):
    """One call of mandel_compute(): run() makes it, start() on a thread of its own."""

    def __init__(self, engine: int, grid: int, max_iter: int, counts: Counts, tells: bool) -> None:
        super().__init__(name="mandel.compute")
        self.progress = 0.0
        self.error: Optional[BaseException] = None
        self._engine, self._grid, self._counts = engine, grid, counts
        self._stop = ctypes.c_int(0)
        self._options = lib.ComputeOptions(max_iter=max_iter, stop=ctypes.pointer(self._stop))
        if tells:
            self._options.progress = lib.Progress(self._tell)
        self._running = threading.Lock()
        self._running.acquire()

    def _tell(self, _context: Optional[int], done: int, rows: int) -> int:
        self.progress = done / rows
        return 0

    def run(self) -> None:
        try:
            lib.library().call(
                "compute", self._engine, self._grid, ctypes.byref(self._options),
                self._counts.ctypes.data, self._counts.size, None, may_be=lib.STOPPED)
            self.progress = 1.0
        except BaseException as error:
            self.error = error
        finally:
            self._running.release()

    def follow(self, display: Optional[Show]) -> None:
        """Starts it and waits; an exception that a signal raises ends it."""
        try:
            self.start()
            if display is not None:
                display.follow(self._wait, lambda: self.progress, lambda: self._counts)
            self._wait()
        except BaseException:
            self._stop.value = 1
            if self.ident is not None:
                self._wait()
            raise

    def _wait(self, timeout: float = -1) -> bool:
        if not self._running.acquire(timeout=timeout):
            return False
        self._running.release()
        return True


def compute(
    size: Optional[Size] = None,
    center: Optional[Center] = None,
    span: Optional[Number] = None,
    max_iter: int = 1000,
    *,
    tutorial: Optional[int] = None,
    axes: Optional[Axes] = None,
    counts: Optional[str] = None,
    kernel: str = "auto",
    threads: Optional[int] = None,
    show: Optional[bool] = None,
) -> Counts:
    """Counts of a view, computed in this process by all its CPUs.

    size: (columns, rows) in pixels, which are square; by default 1000 x 1000.
    center: a complex number; for deep places a pair (re, im) of strings or Decimals, or "re,im".
    span: the view's width in the plane. Without it and center: the whole set.
    max_iter: how many iterations a point may take, up to 2^31 - 1.

    tutorial: instead of a view the grid of the EuroPython 2011 tutorial; 1000 means 500 x 500
        points. That is what you get if you give nothing.
    axes: instead of a view (xs, ys), float64 arrays of one dimension: any points, rows in this order.
    counts: "f64": of the points rounded to doubles; "true": of the points that the decimals name,
        proved. By default "true" where doubles can't tell the pixels apart.
    kernel: a name of kernels(); "auto": the fastest, GPUs included.
    threads: CPUs to use; by default all that this process may.
    show: a bar, and in a notebook the picture, while it takes; by default where somebody looks: in a
        notebook and on a terminal.

    Returns a uint32 array of the shape (rows, columns). Other threads of Python go on meanwhile.
    Ctrl-C ends it within 0.1 s.

    Raises TypeError or ValueError for arguments that mean nothing, Error for what the library
    refuses, MemoryError.
    """
    at = place(size, center, span, tutorial, counts)
    limit = whole("max_iter", max_iter)
    lanes = 0 if threads is None else whole("threads", threads)
    display = Show.where_wanted(show)
    with _grid(at, axes) as grid:
        library = lib.library()
        shape = library.grid_rows(grid), library.grid_columns(grid)
        result = np.empty(shape, np.uint32) if display is None else np.zeros(shape, np.uint32)
        remember(result, at.or_tutorial() if axes is None else place_of_axes(*axes))
        call = _Call(_engine(kernel, lanes), grid, limit, result, display is not None)
        if result.size * limit <= _SHORT and library.grid_xs(grid):  # true-count takes longer
            call.run()
        else:
            call.follow(display)
    if call.error is not None:
        raise call.error
    return result


def kernels() -> list[dict[str, str]]:
    """What compute() has for `kernel`: for each its name, device, semantics (what a count means) and
    summary. Some may not run on this machine."""
    library = lib.library()
    found = []
    for k in range(library.kernel_count()):
        info = lib.KernelInfo()
        library.call("kernel_at", k, ctypes.byref(info))
        found.append({name: getattr(info, name).decode()
                      for name in ("name", "device", "semantics", "summary")})
    return found
