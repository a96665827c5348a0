#!/usr/bin/env python3
"""What do two processes and a network cost against none? Two mandel-workers of one thread each and a
mandel-master over loopback, against one mandel-master with two threads inside, in turn; 256 chunks,
connected and warm (each turn is a sweep's second run, over the first one's connections).

usage: tests/bench/one_process.py [ROUNDS]   after `cmake --build --preset release`
"""
import json
import re
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

BIN = Path(__file__).resolve().parents[2] / "build/release/bin"
CHUNKS = 256
VIEWS = {  # those of kernels/views.cpp
    "c": ["--center=-0.743643887037151,0.131825904205330", "--span=1e-6", "--size=1000x1000", "--max-iter=20000"],
    "x": ["--center=-0.7453,0.1127", "--span=6.5e-4", "--size=1000x1000", "--max-iter=5000"],
    "b": ["--tutorial-size=8000", "--max-iter=1000"],
}


def start_worker():
    worker = subprocess.Popen(
        [BIN / "mandel-worker", "--listen", "127.0.0.1:0", "--threads", "1"], stdout=subprocess.PIPE, text=True
    )
    return worker, re.search(r" listens on (\S+) ", worker.stdout.readline())[1]


def warm_run(view, where):
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run(
            [BIN / "mandel-master", "sweep", *view, *where, f"--chunks={CHUNKS}", "--repeat=2", "--quiet",
             "--report", folder],
            check=True, stdout=subprocess.DEVNULL,
        )  # fmt: skip
        return json.loads(Path(folder, "sweep.json").read_text())["points"][0]["runs"][1]


def split_of(run):
    total = sum(run["time"].values())
    return {part.removesuffix("_seconds"): time / total for part, time in run["time"].items()}


def main():
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else 7
    workers, addresses = zip(*(start_worker() for _ in range(2)))
    try:
        print(f"{CHUNKS} chunks, medians of {rounds} rounds in turn; speed: of two workers, over one process'")
        for name, view in VIEWS.items():
            pairs = [
                (warm_run(view, ["--threads=2"]), warm_run(view, ["--hosts", ",".join(addresses)]))
                for _ in range(rounds)
            ]
            one, two = zip(*pairs)
            speed = statistics.median(a["wall_seconds"] / b["wall_seconds"] for a, b in pairs)
            print(f"\nview {name}: speed {speed:.2f}")
            for what, runs in (("one process", one), ("two workers", two)):
                run = sorted(runs, key=lambda run: run["wall_seconds"])[rounds // 2]
                split = ", ".join(f"{part} {share:.0%}" for part, share in split_of(run).items() if share >= 0.005)
                print(f"  {what}: {run['wall_seconds'] * 1e3:.1f} ms; of the lanes' time: {split}")
    finally:
        for worker in workers:
            worker.terminate()
            worker.wait()


if __name__ == "__main__":
    main()
