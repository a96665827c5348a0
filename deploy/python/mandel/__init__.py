"""The Mandelbrot set, on this machine or on all machines around one desk, as NumPy arrays.

    import mandel
    counts = mandel.compute(tutorial=1000)      # the kernels, in this process
    print(counts.sum())                         # 1148485
    mandel.picture(counts).save("set.png")

    with mandel.Cluster("desk1,desk2") as cluster:              # workers on other machines
        job = cluster.submit(size=(1600, 1200), center=-0.7453+0.1127j, span=6.5e-4, max_iter=5000)
        counts = job.result()

Counts are uint32 arrays of the shape (rows, columns), row 0 being the topmost: the index of the
first iteration after which |z| > 2, or 0 if there is none below max_iter. They are, bit for bit,
those of mandel-master for the same view.

What computes here is libmandel (compute), loaded by ctypes; all else is mandel-master's work, which
runs as a process of its own. What goes wrong is said by mandel.Error, in a sentence.
"""
from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ._compute import compute, kernels
from ._errors import Error

if TYPE_CHECKING:
    from ._cluster import Cluster, Job
    from ._colours import Picture, colour, picture
    from ._sweep import sweep

__version__ = "0.1.0"
__all__ = ["Cluster", "Error", "Job", "Picture", "colour", "compute", "kernels", "picture", "sweep"]

# Loaded when they are used: who only computes need not wait for what runs processes.
_LATER = {
    "Cluster": "_cluster",
    "Job": "_cluster",
    "Picture": "_colours",
    "colour": "_colours",
    "picture": "_colours",
    "sweep": "_sweep",
}


def __getattr__(name: str) -> Any:
    if name not in _LATER:
        raise AttributeError(f"module 'mandel' has no attribute {name!r}")
    from importlib import import_module

    value = getattr(import_module("." + _LATER[name], __name__), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted([*globals(), *_LATER])
