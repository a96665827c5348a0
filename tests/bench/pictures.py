#!/usr/bin/env python3
"""What does it cost to write a picture? The same job, start to exit, with each kind of output, in
turn, since a machine's speed drifts; on the worker inside. Then: how much of a picture's CPU time is
spent in the one thread that takes rows in order, and so can't be shared?

usage: tests/bench/pictures.py [ROUNDS [OLD]]   after `cmake --build --preset release`; 5
       OLD: another build's mandel-master, whose .png is compared, too
"""
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

MASTER = Path(__file__).resolve().parents[2] / "build/release/bin/mandel-master"
VIEWS = {
    "the whole set, 10,000 x 8,000": ["--size=10000x8000", "--max-iter=1000"],
    "all detail, 8,000 x 8,000": ["--size=8000x8000", "--center=-0.7453,0.1127", "--span=6.5e-4", "--max-iter=5000"],
}  # fmt: skip
KINDS = ("npy", "raw", "pgm", "png")


def cpu_by_thread(pid):
    """Seconds so far, by the threads' names."""
    tick = os.sysconf("SC_CLK_TCK")
    times = {}
    for task in Path(f"/proc/{pid}/task").iterdir():
        try:
            name, _, rest = (task / "stat").read_text().partition("(")[2].rpartition(")")
        except OSError:
            continue
        fields = rest.split()
        times[name] = times.get(name, 0) + (int(fields[11]) + int(fields[12])) / tick
    return times


def run(master, arguments, output):
    """Seconds from start to exit."""
    output.unlink(missing_ok=True)
    began = time.monotonic()
    subprocess.run([master, *arguments, "--no-journal", "--quiet", "--output", output], check=True,
                   stdout=subprocess.DEVNULL)  # fmt: skip
    return time.monotonic() - began


def threads_of(arguments, output):
    """CPU seconds by thread, as last seen before the end."""
    master = subprocess.Popen([MASTER, *arguments, "--no-journal", "--quiet", "--output", output],
                              stdout=subprocess.DEVNULL)  # fmt: skip
    seen = {}
    while master.poll() is None:
        try:
            for name, cpu in cpu_by_thread(master.pid).items():
                seen[name] = max(cpu, seen.get(name, 0))
        except FileNotFoundError:
            break
        time.sleep(0.005)
    master.wait()
    return seen


def measure(name, arguments, rounds, old, folder):
    runs = [(kind, MASTER, folder / f"p.{kind}") for kind in KINDS]
    if old:
        runs.append(("png before", old, folder / "old.png"))
    seconds = {kind: [] for kind, _, _ in runs}
    for _ in range(rounds):
        for kind, master, output in runs:
            seconds[kind].append(run(master, arguments, output))
    print(f"\n{name}: seconds (ratio to .raw in the same round), megabytes")
    for kind, _, output in runs:
        ratio = statistics.median(one / raw for one, raw in zip(seconds[kind], seconds["raw"]))
        print(f"  {kind:10} {statistics.median(seconds[kind]):6.2f}  ({ratio:.2f})  {output.stat().st_size / 1e6:8.2f}")
    cpu = threads_of(arguments, folder / "p.png")
    shared = cpu.get("picture", 0)
    print(f"  of the .png's CPU time: {cpu.get('writer', 0):.2f} s in the one writer, {shared:.2f} s in threads that share")


def main():
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else 5
    old = sys.argv[2] if len(sys.argv) > 2 else None
    with tempfile.TemporaryDirectory() as folder:
        for name, arguments in VIEWS.items():
            measure(name, arguments, rounds, old, Path(folder))
    print(f"\nlargest master: {resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024:.0f} MiB")


if __name__ == "__main__":
    main()
