#!/usr/bin/env python3
"""What does the Python package cost? Three pairs, each in turn within one run: `import mandel` beside
`import numpy`; compute() beside the call of the C library that it makes; a Cluster's job beside the
same by command line, on two workers, both with a .npy at the end.

usage: tests/bench/python.py [ROUNDS]   after `cmake --build --preset release`
"""
import ctypes
import os
import re
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

TOP = Path(__file__).resolve().parents[2]
BIN = TOP / "build/release/bin"
os.environ.setdefault("MANDEL_LIBRARY", str(TOP / "build/release/lib/libmandel.so.0"))
os.environ.setdefault("MANDEL_MASTER", str(BIN / "mandel-master"))
os.environ["PYTHONPATH"] = str(TOP / "deploy/python")
sys.path.insert(0, os.environ["PYTHONPATH"])

import numpy as np  # noqa: E402

import mandel  # noqa: E402
from mandel import _compute, _library, _place  # noqa: E402

JOB = dict(size=(1600, 1200), center=(-0.7453, 0.1127), span=6.5e-4, max_iter=5000, chunks=16)


def timed(action):
    began = time.perf_counter()
    action()
    return 1000 * (time.perf_counter() - began)


def compare(what, rounds, first, second):
    """The second's time beside the first's."""
    pairs = [(timed(first), timed(second)) for _ in range(rounds + 1)][1:]
    a, b = (statistics.median(column) for column in zip(*pairs))
    print(f"{what}: {b:.2f} ms beside {a:.2f} ms: {b / a:.3f} times, {b - a:+.2f} ms")


def python(text, cache):
    """With modules that are compiled already, as those of a package are."""
    environment = {**os.environ, "PYTHONPYCACHEPREFIX": cache, "PYTHONDONTWRITEBYTECODE": ""}
    return lambda: subprocess.run([sys.executable, "-c", text], check=True, env=environment)


def call_of_c():
    library = _library.library()
    counts = np.empty((500, 500), np.uint32)
    options = _library.ComputeOptions(max_iter=1000)
    engine = _compute._engine("auto", 0)

    def call():
        with _compute._grid(_place.Place(), None) as grid:
            library.call("compute", engine, grid, ctypes.byref(options), counts.ctypes.data, counts.size, None)

    return call


def start_worker():
    worker = subprocess.Popen([BIN / "mandel-worker", "--listen", "127.0.0.1:0", "--threads", "1"],
                              stdout=subprocess.PIPE, text=True)  # fmt: skip
    return worker, re.search(r" listens on (\S+) ", worker.stdout.readline())[1]


def main():
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else 20
    with tempfile.TemporaryDirectory() as cache:
        compare("import mandel, beside numpy alone", rounds,
                python("import numpy", cache), python("import numpy, mandel", cache))  # fmt: skip
    compare("compute(), beside the C library", 10 * rounds, call_of_c(), mandel.compute)
    workers, addresses = zip(*(start_worker() for _ in range(2)))
    try:
        hosts = ",".join(addresses)
        with tempfile.TemporaryDirectory() as folder, mandel.Cluster(hosts, show=False) as cluster:
            by_hand = [BIN / "mandel-master", "--hosts", hosts, "--size=1600x1200", "--center=-0.7453,0.1127",
                       "--span=6.5e-4", "--max-iter=5000", "--chunks=16", "--quiet", "--no-journal",
                       f"--json={folder}/a.json", f"--output={folder}/a.npy"]  # fmt: skip
            compare("a Cluster's job, beside mandel-master's", rounds,
                    lambda: subprocess.run(by_hand, check=True, stdout=subprocess.DEVNULL),
                    lambda: cluster.submit(**JOB).result())  # fmt: skip
    finally:
        for worker in workers:
            worker.terminate()
            worker.wait()


if __name__ == "__main__":
    main()
