"""Runs every peer in turn, several rounds, and prints one table: median milliseconds of the tutorial's
job by number of chunks, and how many times ours that is.

In turn, because a machine is never quite quiet: what disturbs one round disturbs all peers alike. Each
peer is started, warmed, measured and stopped before the next, since some burn CPU while they wait (an
MPI rank polls, Dask's scheduler ticks). A peer that fails or takes too long is named, not left out.
"""
import argparse
import json
import os
import platform
import signal
import statistics
import subprocess
import sys
import tempfile
from collections import defaultdict

HERE = os.path.dirname(os.path.abspath(__file__))
OURS = "mandel, connected"
STOP_PATIENCE_S = 5


def python(script):
    return [sys.executable, os.path.join(HERE, script)]


def mpirun(build, *transport):
    return [
        "mpirun", "-np", "3", "--oversubscribe", "--bind-to", "none",
        "--mca", "mpi_yield_when_idle", "1", *transport,
        os.path.join(build, "tests/bench/peers/mandel-peers-openmpi"),
    ]  # fmt: skip


def peers(build):
    over_tcp = ["--mca", "btl", "tcp,self", "--mca", "btl_tcp_if_include", "lo"]
    return {
        "kernel alone, 1 thread": python("peer_alone.py"),
        OURS: python("peer_mandel_sweep.py"),
        "mandel, fresh master": python("peer_mandel.py"),
        "OpenMPI, TCP": mpirun(build, *over_tcp),
        "OpenMPI, shared memory": mpirun(build, "--mca", "btl", "vader,self"),
        "multiprocessing": python("peer_multiprocessing.py"),
        "dask.distributed": python("peer_dask.py"),
        "Celery, Redis": python("peer_celery.py"),
        "lines, one pipe": python("peer_lines.py"),
        "lines, GNU parallel": python("peer_parallel.py"),
    }


def environment(build):
    return os.environ | {
        "MANDEL_PEERS_KERNEL": os.path.join(build, "tests/bench/peers/libmandel-peers-kernel.so"),
        "MANDEL_PEERS_BIN": os.path.join(build, "bin"),
        "PYTHONPATH": HERE,
        "PYTHONDONTWRITEBYTECODE": "1",
        # mpirun refuses root otherwise; on a machine of one's own, over loopback, it may.
        "OMPI_ALLOW_RUN_AS_ROOT": "1",
        "OMPI_ALLOW_RUN_AS_ROOT_CONFIRM": "1",
    }


def processes_of(session):
    """Ids of all living processes of a session: children of children, in whatever group, too."""
    members = []
    for pid in filter(str.isdigit, os.listdir("/proc")):
        try:
            with open(f"/proc/{pid}/stat") as stat:
                state, _, _, in_session = stat.read().rpartition(")")[2].split()[:4]
        except OSError:
            continue
        if int(in_session) == session and state != "Z":
            members.append(int(pid))
    return members


def end_session(leader):
    """Stops a peer and whatever it started, politely first."""
    for signum in (signal.SIGTERM, signal.SIGKILL):
        for pid in processes_of(leader.pid):
            try:
                os.kill(pid, signum)
            except ProcessLookupError:
                pass
        try:
            leader.wait(STOP_PATIENCE_S)
        except subprocess.TimeoutExpired:
            pass


def run_peer(command, build, limit_s, folder):
    """One round of one peer: what it printed, or why it did not."""
    with tempfile.TemporaryFile("w+", dir=folder) as errors:
        peer = subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=errors, text=True,
            env=environment(build) | {"TMPDIR": folder}, cwd=folder, start_new_session=True,
        )  # fmt: skip
        try:
            output, _ = peer.communicate(timeout=limit_s)
            if peer.returncode == 0:
                return json.loads(output), None
            errors.seek(0)
            last = (errors.read().strip().splitlines() or ["nothing on stderr"])[-1]
            return None, f"exit code {peer.returncode}: {last}"
        except subprocess.TimeoutExpired:
            return None, f"not done after {limit_s} s"
        except json.JSONDecodeError as error:
            return None, f"unreadable figures: {error}"
        finally:
            end_session(peer)


def measure(asked):
    """{peer: {"version", "wall_ms": {chunks: [...]}, "failures": [...]}}"""
    rest = ["--chunks", ",".join(map(str, asked.chunks)), "--repeats", str(asked.repeats)]
    results = {name: {"version": "", "wall_ms": defaultdict(list), "failures": []} for name in asked.peers}
    with tempfile.TemporaryDirectory(prefix="mandel-peers-") as folder:
        for turn in range(asked.rounds):
            for name in asked.peers:
                command = peers(asked.build)[name]
                print(f"round {turn + 1}: {name}", file=sys.stderr)
                figures, failure = run_peer(command + rest, asked.build, asked.limit, folder)
                if failure:
                    print(f"  failed: {failure}", file=sys.stderr)
                    results[name]["failures"].append(failure)
                    continue
                results[name]["version"] = figures["version"]
                for chunks, wall_ms in figures["wall_ms"].items():
                    results[name]["wall_ms"][int(chunks)] += wall_ms
    return results


def cell(wall_ms, ours_ms):
    if not wall_ms:
        return "failed"
    median = statistics.median(wall_ms)
    return f"{median:.1f}" + (f" ({median / statistics.median(ours_ms):.1f}×)" if ours_ms else "")


def table(results, chunk_counts):
    """Markdown, with what each further chunk costs: the slope from the first count above 1 to the last."""
    lines = ["| | " + " | ".join(map(str, chunk_counts)) + " | µs a further chunk |"]
    lines.append("|---" * (len(chunk_counts) + 2) + "|")
    high = max(chunk_counts)
    low = min((n for n in chunk_counts if n > 1), default=high)
    ours = results[OURS]["wall_ms"]
    for name, result in results.items():
        wall_ms = result["wall_ms"]
        cells = [cell(wall_ms[n], ours[n]) for n in chunk_counts]
        slope = "–"
        if wall_ms[low] and wall_ms[high] and high > low:
            rise_ms = statistics.median(wall_ms[high]) - statistics.median(wall_ms[low])
            slope = f"{1000 * rise_ms / (high - low):.0f}"
        lines.append(f"| {name} | " + " | ".join(cells) + f" | {slope} |")
    return "\n".join(lines)


def machine():
    with open("/proc/cpuinfo") as cpuinfo:
        models = [line.partition(":")[2].strip() for line in cpuinfo if line.startswith("model name")]
    return f"{os.cpu_count()} × {models[0] if models else 'CPU'}, Linux {platform.release()}"


def parse():
    parser = argparse.ArgumentParser(description=__doc__.partition("\n\n")[0])
    parser.add_argument("--build", required=True, type=os.path.abspath, help="the build folder")
    parser.add_argument(
        "--chunks", default="1,16,64,256,500", type=lambda s: sorted({int(n) for n in s.split(",")}),
        metavar="N,...", help="numbers of chunks, 1 to 500 (default: %(default)s)",
    )  # fmt: skip
    parser.add_argument("--repeats", default=7, type=int, help="jobs of each in a round (default: 7)")
    parser.add_argument("--rounds", default=5, type=int, help="(default: 5)")
    parser.add_argument(
        "--limit", default=120, type=float, metavar="S", help="seconds for a peer's round (default: 120)"
    )
    parser.add_argument(
        "--peers", type=lambda s: s.split("; "), metavar="NAME; ...", help="these only, and ours (default: all)"
    )
    parser.add_argument("--json", metavar="FILE", help="write all figures")
    asked = parser.parse_args()
    if not all(1 <= n <= 500 for n in asked.chunks):
        parser.error("--chunks: the picture has 500 rows, so 1 to 500")
    if asked.repeats < 1 or asked.rounds < 1:
        parser.error("--repeats and --rounds must be at least 1")
    known = list(peers(asked.build))
    if unknown := set(asked.peers or []) - set(known):
        parser.error(f"--peers: there is no {', '.join(sorted(unknown))}; there are {'; '.join(known)}")
    asked.peers = [name for name in known if not asked.peers or name == OURS or name in asked.peers]
    return asked


def main():
    # SIGTERM ends as Ctrl-C does: through the `finally` that stops the peer.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    asked = parse()
    load_before = os.getloadavg()[0]
    results = measure(asked)
    load_after = os.getloadavg()[0]
    print(f"{machine()}; load average {load_before:.1f} before, {load_after:.1f} after\n")
    print(f"Median ms of {asked.rounds} × {asked.repeats} jobs, by number of chunks (times ours)\n")
    print(table(results, asked.chunks) + "\n")
    for name, result in results.items():
        failures = "".join(f"; FAILED: {failure}" for failure in result["failures"])
        print(f"- {name}: {result['version'] or 'never ran'}{failures}")
    if asked.json:
        with open(asked.json, "w") as file:
            load = [load_before, load_after]
            json.dump({"machine": machine(), "load": load, "peers": results}, file, indent=2)
    return 1 if any(result["failures"] for result in results.values()) else 0


if __name__ == "__main__":
    try:
        sys.exit(main())
    except KeyboardInterrupt:
        sys.exit(130)
