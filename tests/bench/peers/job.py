"""What the Python peers share: the tutorial's job, our kernel by ctypes, and the clock.

Only how chunks get to two processes and back differs between the peers, so only that stands in their
own files: a function that takes bands of rows and yields their counts, as they come.
"""
import argparse
import ctypes
import json
import os
import time

REQUEST = 1000
MAX_ITER = 1000
SUM = 1148485
COUNT_BYTES = 4


class Kernel:
    """The tutorial's job and an engine for it, see kernel.h."""

    def __init__(self):
        self._library = ctypes.CDLL(os.environ["MANDEL_PEERS_KERNEL"])
        self._library.mandel_peer_open.restype = ctypes.c_void_p
        self._library.mandel_peer_name.restype = ctypes.c_char_p
        handle = self._library.mandel_peer_open(b"auto", REQUEST, MAX_ITER)
        if not handle:
            raise RuntimeError("our kernel does not work here")
        self._handle = ctypes.c_void_p(handle)
        self.name = self._library.mandel_peer_name(self._handle).decode()
        self.columns = self._library.mandel_peer_columns(self._handle)
        self.rows = self._library.mandel_peer_rows(self._handle)

    def compute(self, first_row, rows):
        counts = (ctypes.c_uint32 * (rows * self.columns))()
        if self._library.mandel_peer_compute(self._handle, first_row, rows, counts) != 0:
            raise IndexError(f"no rows {first_row} to {first_row + rows - 1}")
        return bytes(counts)


_kernel = None


def kernel():
    """This process's own, made when it is first asked for."""
    global _kernel
    if _kernel is None:
        _kernel = Kernel()
    return _kernel


def compute(band):
    """What a worker does with a (first row, rows)."""
    first_row, rows = band
    return first_row, kernel().compute(first_row, rows)


def bands(rows, chunks):
    """The rows in so many bands, as even as possible: mandel-master's --chunks."""
    edges = [rows * i // chunks for i in range(chunks + 1)]
    return [(first, end - first) for first, end in zip(edges, edges[1:])]


def options():
    parser = argparse.ArgumentParser()
    parser.add_argument("--chunks", required=True, type=lambda s: [int(n) for n in s.split(",")])
    parser.add_argument("--repeats", required=True, type=int)
    return parser.parse_args()


def once(hand_out, chunks):
    """One job: seconds from the first hand-out to the last count in its place."""
    columns, rows = kernel().columns, kernel().rows
    picture = bytearray(rows * columns * COUNT_BYTES)
    work = bands(rows, chunks)
    began = time.perf_counter()
    for first_row, counts in hand_out(work):
        at = first_row * columns * COUNT_BYTES
        picture[at : at + len(counts)] = counts
    wall = time.perf_counter() - began
    total = sum(memoryview(picture).cast("I"))
    if total != SUM:
        raise RuntimeError(f"the sum is {total}, not {SUM}")
    return wall


def report(version, wall_ms):
    """Prints what measure.py reads: milliseconds of each job, by number of chunks."""
    print(json.dumps({"version": version, "wall_ms": wall_ms}), flush=True)


def measure(version, run):
    """`run(chunks)` does one job and returns its seconds; the first of each count only warms up."""
    asked = options()
    wall_ms = {}
    for chunks in asked.chunks:
        run(chunks)
        wall_ms[chunks] = [1000 * run(chunks) for _ in range(asked.repeats)]
    report(version, wall_ms)
