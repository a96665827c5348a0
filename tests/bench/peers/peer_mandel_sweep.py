"""Ours as the peers are measured: connected and warm, by `mandel-master sweep`, which runs its jobs one
after another over the same connections."""
import json
import os
import subprocess
import tempfile

from job import REQUEST, MAX_ITER, SUM, options, report
from peer_mandel import BIN, stop, two_workers, version


def sweep(hosts, asked):
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run(
            [f"{BIN}/mandel-master", "sweep", "--tutorial-size", str(REQUEST), "--max-iter", str(MAX_ITER),
             "--chunks", ",".join(map(str, asked.chunks)), "--repeat", str(asked.repeats + 1),
             "--hosts", hosts, "--quiet", "--report", folder],
            check=True, stdout=subprocess.DEVNULL,
        )  # fmt: skip
        with open(os.path.join(folder, "sweep.json")) as figures:
            return json.load(figures)


def main():
    asked = options()
    workers, hosts = two_workers()
    figures = sweep(hosts, asked)
    stop(workers)
    if figures["sum"] != SUM:
        raise RuntimeError(f"the sum is {figures['sum']}, not {SUM}")
    report(version(), {
        point["chunks"]: [run["wall_seconds"] * 1e3 for run in point["runs"][1:]] for point in figures["points"]
    })  # fmt: skip


if __name__ == "__main__":
    main()
