"""Real processes for the tests of the Python package: workers on loopback, and scripts that are
interrupted or killed. Each test has a folder of its own for temporary files, which must be empty at
its end.
"""
import importlib.util
import json
import os
import re
import subprocess
import sys
import tempfile
import time
import unittest

MASTER = os.environ["MANDEL_MASTER"]
TUTORIAL_SUM = 1148485
# Takes the scalar kernel seconds; that of tests/e2e/long_job.cpp.
LONG_JOB = dict(size=(600, 600), center=("-0.743643887037151", "0.131825904205330"), span=1e-11,
                max_iter=100_000)  # fmt: skip
SLOWLY = ("--threads=1", "--kernel=scalar")


def needs(*modules):
    """Ends the file's tests as skipped where Debian's package of one of these is missing. unittest's own
    skipping would be told as passed."""
    for module in modules:
        if importlib.util.find_spec(module) is None:
            print(f"skipped: no python3-{module} here")
            sys.exit(77)


def eventually(condition, seconds=60):
    """Polls until it holds or a generous deadline is over."""
    until = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > until:
            return False
        time.sleep(0.01)
    return True


def digest_of_master(folder, *options):
    """The counts' SHA-256 by mandel-master itself."""
    path = os.path.join(folder, "a.json")
    subprocess.run([MASTER, *options, "--quiet", "--json", path], check=True, stdout=subprocess.DEVNULL,
                   stderr=subprocess.DEVNULL)  # fmt: skip
    with open(path) as file:
        digest = json.load(file)["counts_sha256"]
    os.unlink(path)
    return digest


class Worker:
    """On a port that the system picks, ready to serve."""

    def __init__(self, *options):
        self.process = subprocess.Popen(
            [os.environ["MANDEL_WORKER"], "--listen=127.0.0.1:0", *(options or ("--threads=1",))],
            stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)  # fmt: skip
        self.address = re.search(r" listens on (\S+) ", self.process.stdout.readline())[1]

    def stop(self):
        self.process.kill()
        self.process.wait()
        self.process.stdout.close()


class Case(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = folder.name
        self.addCleanup(self.expect_nothing_left)
        before = os.environ.get("TMPDIR")
        os.environ["TMPDIR"] = tempfile.tempdir = self.folder

        def restore():
            tempfile.tempdir = None
            if before is None:
                del os.environ["TMPDIR"]
            else:
                os.environ["TMPDIR"] = before

        self.addCleanup(restore)

    def expect_nothing_left(self):
        self.assertEqual(os.listdir(self.folder), [])

    def worker(self, *options):
        worker = Worker(*options)
        self.addCleanup(worker.stop)
        return worker.address

    def script(self, text, **options):
        """Another interpreter, which runs `text`."""
        process = subprocess.Popen([sys.executable, "-B", "-c", text], stdin=subprocess.DEVNULL,
                                   stdout=subprocess.PIPE, text=True, **options)  # fmt: skip

        def end():
            process.kill()
            process.wait()
            process.stdout.close()

        self.addCleanup(end)
        return process

    def expect_idle(self, address):
        """A worker that was busy would keep this waiting."""
        import mandel

        with mandel.Cluster(address, patience=30) as cluster:
            self.assertEqual(cluster.submit().result(60).sum(), TUTORIAL_SUM)


def masters_of(pid):
    """The processes of mandel-master that it has started."""
    with open(f"/proc/{pid}/task/{pid}/children") as file:
        children = file.read().split()
    return [int(child) for child in children if os.path.realpath(f"/proc/{child}/exe") == os.path.realpath(MASTER)]


def is_running(pid):
    try:
        with open(f"/proc/{pid}/stat") as file:
            return file.read().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False
