"""Ours: two mandel-workers of one thread each, and a fresh mandel-master for every job. Its own clock
runs from the first dial, so unlike the peers' it includes connecting and the handshake."""
import json
import os
import re
import subprocess
import tempfile

from job import REQUEST, MAX_ITER, SUM, kernel, measure

BIN = os.environ["MANDEL_PEERS_BIN"]


def start_worker():
    worker = subprocess.Popen(
        [f"{BIN}/mandel-worker", "--listen", "127.0.0.1:0", "--threads", "1", "--kernel", kernel().name],
        stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    line = worker.stdout.readline()
    found = re.search(r" listens on (\S+) ", line)
    if not found:
        raise RuntimeError(f"mandel-worker did not say where it listens: {line!r}")
    return worker, found[1]


def run(hosts, chunks):
    with tempfile.NamedTemporaryFile(suffix=".json") as report:
        subprocess.run(
            [f"{BIN}/mandel-master", "--tutorial-size", str(REQUEST), "--max-iter", str(MAX_ITER),
             "--chunks", str(chunks), "--hosts", hosts, "--expect-sum", str(SUM),
             "--quiet", "--json", report.name],
            check=True, stdout=subprocess.DEVNULL,
        )  # fmt: skip
        with open(report.name) as figures:  # it was replaced, so not the handle we have
            return json.load(figures)["wall_seconds"]


def two_workers():
    """Their processes, and what --hosts wants."""
    workers, addresses = zip(*(start_worker() for _ in range(2)))
    return workers, ",".join(addresses)


def stop(workers):
    for worker in workers:
        worker.terminate()
        worker.wait()


def version():
    asked = [f"{BIN}/mandel-master", "--version"]
    return subprocess.run(asked, check=True, capture_output=True, text=True).stdout.strip()


def main():
    workers, hosts = two_workers()
    measure(version(), lambda chunks: run(hosts, chunks))
    stop(workers)


if __name__ == "__main__":
    main()
