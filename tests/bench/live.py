#!/usr/bin/env python3
"""Does the live page disturb what it shows? One job on one worker of one lane: without --live; with
one viewer who reads all that the page's script would ask for; with forty such viewers and one who
never reads. In turn, since a machine's speed drifts. Then: how large does a state get, with 2^20
chunks and many machines?

Viewers give way to the job, as they would be on machines of their own. It needs two idle CPUs: one
for the worker, one for master and viewers.

usage: tests/bench/live.py [ROUNDS [MACHINES]]   after `cmake --build --preset release`; 9, 256
"""
import asyncio
import json
import multiprocessing
import os
import re
import socket
import statistics
import subprocess
import sys
import tempfile
import urllib.request
from pathlib import Path

BIN = Path(__file__).resolve().parents[2] / "build/release/bin"
JOB = ["--center=-0.743643887037151,0.131825904205330", "--span=1e-6", "--size=5000x5000", "--max-iter=20000",
       "--chunks=256"]  # fmt: skip
MANY_CHUNKS = ["--size=4x1048576", "--chunks=1048576", "--max-iter=1000"]
SECONDS_OF_STATES = 20


def start_worker(kernel="auto"):
    worker = subprocess.Popen(
        [BIN / "mandel-worker", "--listen", "127.0.0.1:0", "--threads", "1", "--kernel", kernel, "--no-discovery"],
        stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
    )  # fmt: skip
    return worker, re.search(r" listens on (\S+) ", worker.stdout.readline())[1]


def end(processes):
    for process in processes:
        process.terminate()
    for process in processes:
        process.wait()


# ---- viewers: a process of their own


async def fetch(reader, writer, path):
    writer.write(f"GET {path} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode())
    head = await reader.readuntil(b"\r\n\r\n")
    return await reader.readexactly(int(re.search(rb"Content-Length: (\d+)", head)[1]))


async def view(port, states, total_bytes):
    """As the page's script does: whatever a state says is new is fetched."""
    events, asking = await asyncio.open_connection("127.0.0.1", port, limit=1 << 20)
    asking.write(b"GET /events HTTP/1.1\r\nHost: localhost\r\n\r\n")
    await events.readuntil(b"\r\n\r\n")
    pages = await asyncio.open_connection("127.0.0.1", port, limit=1 << 20)
    known = {"rows": b"0", "lanes": b"0", "happenings": b"0"}
    paths = {"rows": "/rows?since=", "lanes": "/lanes?view=minute&since=", "happenings": "/happenings?since="}
    while True:
        state = await events.readuntil(b"\n\n")
        states.value += 1
        total_bytes.value += len(state)
        for kind, path in paths.items():
            version = re.search(rb'"%s_version":(\d+)' % kind.encode(), state)[1]
            if version != known[kind]:
                total_bytes.value += len(await fetch(*pages, path + known[kind].decode()))
                known[kind] = version


async def view_all(port, count, states, total_bytes):
    await asyncio.gather(*(view(port, states, total_bytes) for _ in range(count)), return_exceptions=True)


def run_viewers(port, readers, deaf, states, total_bytes):
    os.nice(5)
    silent = [socket.create_connection(("127.0.0.1", port)) for _ in range(deaf)]
    for one in silent:
        one.sendall(b"GET /events HTTP/1.1\r\nHost: localhost\r\n\r\n")
    asyncio.run(view_all(port, readers, states, total_bytes))

# ---- the job


def start_master(options):
    """It, and the port of its page, if it has one."""
    master = subprocess.Popen(
        [BIN / "mandel-master", *options], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True
    )
    if "--live" not in options:
        return master, None
    for line in master.stderr:
        if found := re.search(r"watch at http://127\.0\.0\.1:(\d+)/", line):
            return master, int(found[1])
    sys.exit("the master said no address")


def run(address, readers, deaf):
    states, total_bytes = multiprocessing.Value("Q", 0), multiprocessing.Value("Q", 0)
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder, "result.json")
        options = [*JOB, "--hosts", address, "--quiet", "--no-journal", "--json", report]
        if readers:
            options += ["--live", "127.0.0.1:0"]
        master, port = start_master(options)
        viewers = multiprocessing.Process(target=run_viewers, args=(port, readers, deaf, states, total_bytes))
        if readers:
            viewers.start()
        master.stderr.read()
        _, status, used = os.wait4(master.pid, 0)
        master.returncode = status
        if readers:
            viewers.kill()
            viewers.join()
        wall = json.loads(report.read_text())["wall_seconds"]
    viewers_seen = max(readers, 1) * wall
    return {
        "wall": wall,
        "memory": used.ru_maxrss,
        "cpu": used.ru_utime + used.ru_stime,
        "states": states.value / viewers_seen,
        "bytes": total_bytes.value / viewers_seen,
    }


def compare(rounds):
    kinds = {"without": (0, 0), "1 viewer": (1, 0), "40 viewers and a deaf one": (40, 1)}
    worker, address = start_worker()
    try:
        run(address, 0, 0)  # warms up
        turns = [{kind: run(address, *viewers) for kind, viewers in kinds.items()} for _ in range(rounds)]
    finally:
        end([worker])

    def median(kind, what):
        return statistics.median(turn[kind][what] for turn in turns)

    print(f"a job of {median('without', 'wall'):.2f} s, medians of {rounds} rounds in turn; time over that without "
          "--live, the master's CPU time and peak of memory")  # fmt: skip
    for kind in kinds:
        ratios = sorted(turn[kind]["wall"] / turn["without"]["wall"] for turn in turns)
        print(f"  {kind}: time {statistics.median(ratios):.3f} ({ratios[0]:.3f} to {ratios[-1]:.3f}), CPU "
              f"{median(kind, 'cpu'):.2f} s, memory {median(kind, 'memory') / 1024:.1f} MiB; each viewer "
              f"{median(kind, 'states'):.1f} states and {median(kind, 'bytes') / 1024:.0f} KiB a second")  # fmt: skip


def largest_state(machines):
    workers = [start_worker("scalar") for _ in range(machines)]
    hosts = ",".join(address for _, address in workers)
    master, port = start_master([*MANY_CHUNKS, "--hosts", hosts, "--quiet", "--no-journal", "--live", "127.0.0.1:0"])
    largest, connected = 0, 0
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/events", timeout=SECONDS_OF_STATES) as events:
            for _ in range(10 * SECONDS_OF_STATES):
                line = events.readline()
                while line and not line.startswith(b"data: "):
                    line = events.readline()
                if not line:
                    break
                state = line.removeprefix(b"data: ").strip()
                largest = max(largest, len(state))
                connected = max(connected, json.loads(state)["machines"])
    finally:
        end([master, *(worker for worker, _ in workers)])
    print(f"a state of 1048576 chunks and {connected} machines: {largest / 1024:.1f} KiB at most")


def main():
    compare(int(sys.argv[1]) if len(sys.argv) > 1 else 9)
    largest_state(int(sys.argv[2]) if len(sys.argv) > 2 else 256)


if __name__ == "__main__":
    main()
