"""Celery with Redis as broker and result store, the usual pair; two workers of one process each
("solo": without a pool's hop inside the worker, the fastest)."""
import os
import socket
import subprocess
import sys
import time

import redis

PATIENCE_S = 30


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def wait_until(is_so, what):
    deadline = time.monotonic() + PATIENCE_S
    while not is_so():
        if time.monotonic() > deadline:
            raise TimeoutError(f"{what} took more than {PATIENCE_S} s")
        time.sleep(0.05)


def answers(port):
    try:
        return redis.Redis(port=port).ping()
    except redis.ConnectionError:
        return False


def start(*command):
    return subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=sys.stderr)


def start_worker(name):
    return start(
        sys.executable, "-m", "celery", "--app", "celery_tasks", "worker", "--pool", "solo",
        "--hostname", f"{name}@localhost", "--loglevel", "ERROR",
        "--without-gossip", "--without-mingle", "--without-heartbeat",
    )  # fmt: skip


def main():
    port = free_port()
    os.environ["MANDEL_PEERS_REDIS"] = f"redis://127.0.0.1:{port}/0"
    # Imported here: they need the address.
    import celery

    import celery_tasks
    from job import measure, once

    def hand_out(work):
        # One by one in the order they were sent: group().iter_native() yields as they come, but adds
        # half a second of its own to every job.
        results = [celery_tasks.compute.delay(*band) for band in work]
        for result in results:
            yield result.get()

    server = start("redis-server", "--port", str(port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no")
    wait_until(lambda: answers(port), "redis-server")
    workers = [start_worker(name) for name in ("one", "two")]
    ping = celery_tasks.app.control.ping
    wait_until(lambda: len(ping(timeout=0.5)) == len(workers), "Celery's workers")
    measure(f"celery {celery.__version__}, redis {redis.Redis(port=port).info()['redis_version']}",
            lambda chunks: once(hand_out, chunks))
    for process in (*workers, server):
        process.terminate()
        process.wait()


if __name__ == "__main__":
    main()
