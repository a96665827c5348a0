"""Cluster: all machines around one desk, by a mandel-master for each job.

A master is told to write its counts where a memory map finds them (`--output`, .npy) and to say in a
pipe which rows are done (`--bands`).

Jobs of one Cluster run one after the other, in the order of submit(). Each has all workers, so that
the first is there sooner than if they shared them, the last no later, and one picture's counts are
on their way at a time.
"""
from __future__ import annotations

import atexit
import contextlib
import json
import os
import selectors
import signal
import subprocess
import threading
import time
from collections import deque
from collections.abc import Iterator, Sequence
from concurrent.futures import CancelledError, Future, wait
from concurrent.futures import TimeoutError as FutureTimeoutError
from types import TracebackType
from typing import Any, Callable, Optional, Union

import numpy as np

from . import _colours, _master, _scratch
from ._errors import Error
from ._place import Center, Counts, Number, Place, Size, place, remember, whole
from ._show import Show


_INTERRUPTED = 130  # mandel-master's exit code
_REPR_SIDE_MAX = 1600
_STOPPED_BY = (_INTERRUPTED, -signal.SIGINT, -signal.SIGTERM)

# A fork must not catch a pipe half made: its child would hold the end that a master writes to, and
# reading it would have no end.
_spawning = threading.Lock()
_readers: set[int] = set()
_at_work: set[Cluster] = set()  # those with jobs; each has a thread then


def _forget() -> None:
    """In the child of a fork: masters, threads and pipes are the parent's."""
    for fd in _readers:
        os.close(fd)
    _readers.clear()
    for cluster in _at_work:
        cluster._forget()
    _at_work.clear()
    _spawning.release()


os.register_at_fork(before=_spawning.acquire, after_in_parent=_spawning.release, after_in_child=_forget)


@atexit.register
def _cancel_all() -> None:
    for cluster in list(_at_work):
        cluster.close(cancel=True)


class _Run:
    """A master at work, from its start to its end, read by one thread; ended by any."""

    def __init__(self, arguments: list[str]) -> None:
        with _spawning:
            pipes = [os.pipe() for _ in range(3)]
            self._ends = [reads for reads, _ in pipes]
            self._bands, self._figures, self._said = self._ends
            bands, figures, said = (writes for _, writes in pipes)
            try:
                self._process = subprocess.Popen(
                    [*arguments, f"--bands=/dev/fd/{bands}", f"--json=/dev/fd/{figures}"],
                    stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=said,
                    pass_fds=(bands, figures))
            except OSError as error:
                for fd in self._ends:
                    os.close(fd)
                raise Error(f"can't start {arguments[0]}: {error.strerror}") from None
            finally:
                for _, fd in pipes:
                    os.close(fd)
            _readers.update(self._ends)
        self.messages = _master.Messages()
        self.figures = b""
        self._lines = b""
        self._ending_since: Optional[float] = None

    def end(self) -> None:
        """Asks it to end, once: a second signal would keep it from tidying up."""
        if self._ending_since is None:
            self._ending_since = time.monotonic()
            self._process.terminate()

    def read(self, done: Callable[[int, int], None]) -> int:
        """Tells of bands until the master has ended. Returns its exit code."""
        with selectors.DefaultSelector() as selector:
            for fd in self._ends:
                selector.register(fd, selectors.EVENT_READ)
            while selector.get_map():
                for key, _ in selector.select(1):
                    data = os.read(key.fd, 1 << 16)
                    if data:
                        self._take(key.fd, data, done)
                    else:
                        selector.unregister(key.fd)
                if self._ending_since is not None and time.monotonic() > self._ending_since + _master.END_S:
                    self._process.kill()
        return self._process.wait()

    def _take(self, fd: int, data: bytes, done: Callable[[int, int], None]) -> None:
        if fd == self._said:
            self.messages.feed(data)
        elif fd == self._figures:
            self.figures += data
        else:
            *lines, self._lines = (self._lines + data).split(b"\n")
            for line in map(json.loads, lines):
                rows = line["rows"]
                done(line["first_row"], -rows if line.get("revoked") else rows)

    def close(self) -> None:
        """Whatever happened: the master is gone then, and so are the pipes."""
        if self._process.poll() is None:
            _master.end(self._process)
        with _spawning:
            for fd in self._ends:
                os.close(fd)
            _readers.difference_update(self._ends)


class Job(Future[Counts]):
    """A picture that a Cluster computes: a concurrent.futures.Future, so wait() and as_completed()
    take it. Made by Cluster.submit()."""

    def __init__(self, cluster: Cluster, arguments: list[str], outputs: list[str],
                 file: Optional[str], at: Place) -> None:
        super().__init__()
        self._cluster = cluster
        self._file = None if file is None else os.path.realpath(file)
        self._arguments, self._outputs, self._place = arguments, outputs, at
        self._news = threading.Condition()
        self._counts: Optional[Counts] = None
        self._bands: list[tuple[int, int]] = []
        self._rows_done = 0
        self._is_called_off = False
        self._run: Optional[_Run] = None
        self._stats: dict[str, Any] = {}
        self.add_done_callback(lambda _: self._tell())

    # ---- for its user

    def result(self, timeout: Optional[float] = None) -> Counts:
        """Waits for the counts: a uint32 array of the shape (rows, columns), read-only, mapped from a
        file that has no name any more and goes with the array (or from `file`, if submit() got one).

        Shows how far it is, in a notebook or on a terminal. Raises Error with mandel-master's
        sentence, TimeoutError after `timeout` seconds, CancelledError. Ctrl-C cancels all jobs of the
        cluster.
        """
        try:
            display = None if self.done() else Show.where_wanted(self._cluster._show)
            if display is not None:
                until = None if timeout is None else time.monotonic() + timeout
                display.follow(lambda seconds: self._waited(seconds, until), lambda: self.progress,
                               lambda: self._counts)
                timeout = None if until is None else max(0.0, until - time.monotonic())
            return super().result(timeout)
        except KeyboardInterrupt:
            self._cluster._call_off()
            wait([self], _master.END_S)
            raise

    def bands(self) -> Iterator[tuple[int, Counts]]:
        """Rows as they come, in any order: (first_row, counts), a read-only uint32 array of the shape
        (some rows, columns). From the first one on, whenever it is called. Rows of a worker that an
        audit caught come twice; the last are right.

        Raises as result() does, after the last one.
        """
        given = 0
        try:
            while True:
                with self._news:
                    self._news.wait_for(lambda: given < len(self._bands) or self.done())
                    bands, counts = self._bands[given:], self._counts
                if not bands:
                    break
                for first_row, rows in bands:
                    assert counts is not None
                    yield first_row, counts[first_row : first_row + rows]
                given += len(bands)
        except KeyboardInterrupt:
            self._cluster._call_off()
            wait([self], _master.END_S)
            raise
        super().result()

    @property
    def progress(self) -> float:
        """The share of rows that are done, 0 to 1."""
        return 0.0 if self._counts is None else self._rows_done / len(self._counts)

    @property
    def stats(self) -> dict[str, Any]:
        """What `mandel-master --json` writes (docs/output.md): "sum", "wall_seconds", "workers" ...
        Waits and raises as result() does."""
        self.result()
        return self._stats

    def cancel(self) -> bool:
        """Ends it, also when it is being computed: then its workers get other work within a second.
        False if it is done already."""
        if not super().cancel():
            with self._news:
                if self.done():
                    return self.cancelled()
                self._is_called_off = True
                if self._run is not None:
                    self._run.end()
        return True

    def cancelled(self) -> bool:
        """Was it, before it was done? True soon after cancel()."""
        return super().cancelled() or (
            self.done() and isinstance(self.exception(), CancelledError))

    def _repr_png_(self) -> Optional[bytes]:
        if not self.done() or self.cancelled() or self.exception() is not None:
            return None
        is_proved = self._stats["counts"] == "true-count"
        return _colours.thumbnail(self.result(), _REPR_SIDE_MAX, "ultra:rank" if is_proved else None)

    # ---- for its cluster

    def _tell(self) -> None:
        with self._news:
            self._news.notify_all()

    def _waited(self, seconds: float, until: Optional[float]) -> bool:
        if until is not None:
            seconds = min(seconds, until - time.monotonic())
        if seconds <= 0:
            return True
        try:
            super().exception(seconds)
        except FutureTimeoutError:
            return False
        except CancelledError:
            pass
        return True

    def _compute(self) -> None:
        """On the cluster's thread."""
        if not self.set_running_or_notify_cancel():
            return
        try:
            counts = self._drive()
        except BaseException as error:
            self.set_exception(error)
        else:
            self.set_result(counts)

    def _drive(self) -> Counts:
        if self._file is not None:
            return self._counts_in(self._file, "--continue")
        with _scratch.folder() as folder:
            return self._counts_in(os.path.join(folder, "counts.npy"), "--no-journal")

    def _counts_in(self, file: str, journal: str) -> Counts:
        self._names = [file + ".part", file]  # the second when all is done
        run, exit_code = self._follow([f"--output={file}", *self._outputs, journal])
        if exit_code in _STOPPED_BY:
            if not self._is_called_off:  # the terminal's Ctrl-C was for the master, too
                self._cluster._call_off()
            raise CancelledError()
        if exit_code != 0:
            raise run.messages.error(exit_code)
        self._stats = json.loads(run.figures)
        counts = self._map()
        if counts is None:
            raise Error(f"mandel-master's counts are not in {file}: has somebody moved it?")
        return counts

    def _follow(self, files: list[str]) -> tuple[_Run, int]:
        """The first of the files has the counts."""
        run = _Run(_master.command(*self._arguments, *files))
        try:
            with self._news:
                self._run = run
                if self._is_called_off:
                    run.end()
            return run, run.read(self._take)
        finally:
            run.close()
            with self._news:
                self._run = None

    def _take(self, first_row: int, rows: int) -> None:
        with self._news:
            if self._map() is None:
                return  # the job has failed since, and its counts are gone
            self._rows_done += rows
            if rows > 0:
                self._bands.append((first_row, rows))
            self._news.notify_all()

    def _map(self) -> Optional[Counts]:
        """The file, as it is called by now: it gets its name when all is done."""
        for name in self._names:
            if self._counts is None:
                with contextlib.suppress(FileNotFoundError):
                    self._counts = np.load(name, mmap_mode="r")
                    remember(self._counts, self._place)
        return self._counts


class Cluster:
    """Workers to submit jobs to; a context manager, which waits for its jobs at the end, and cancels
    them if it is left by an exception (Ctrl-C is one).

    hosts: as mandel-master's --hosts: "desk1,desk2:5756", "desk[01-16]", "auto", "dns:NAME", or a
        list of them. By default a worker inside each master, so that nothing else has to run.
    show: a bar, and in a notebook the picture, while result() waits; by default where somebody looks.
    options: others of mandel-master for all jobs, with _ for -: keys="lab-keys", patience=60,
        audit=0.05, threads=2, listen="0.0.0.0:5756" ...

    No code travels to the workers: they compute this one thing. There is no submit(function).
    """

    def __init__(self, hosts: Union[str, Sequence[str], None] = None, *, show: Optional[bool] = None,
                 **options: Any) -> None:
        self._words = _master.words({"hosts": _master.hosts_word(hosts), **options})
        self._show = show
        self._lock = threading.Lock()
        self._jobs: deque[Job] = deque()  # the first is being computed
        self._is_closed = False

    def submit(
        self,
        size: Optional[Size] = None,
        center: Optional[Center] = None,
        span: Optional[Number] = None,
        max_iter: Optional[int] = None,
        *,
        tutorial: Optional[int] = None,
        counts: Optional[str] = None,
        chunks: Union[int, str, None] = None,
        file: Union[str, "os.PathLike[str]", None] = None,
        **options: Any,
    ) -> Job:
        """A job: a view or the tutorial's grid, with the arguments of compute() (max_iter: 1000 by
        default). It begins when those before it are done.

        chunks: into how many bands to cut the rows, or "auto"; by default by size.
        file: a .npy that keeps the counts. Then an interrupted job goes on where it was when it is
            submitted again.
        options: others of mandel-master for this job, with _ for -: output="valley.png",
            colours="fire", location="a.kfr", audit=0.05, expect_sum=1148485 ...

        Raises TypeError or ValueError for arguments that mean nothing, Error if there is no
        mandel-master. What that refuses, the job's result() raises.
        """
        at = place(size, center, span, tutorial, counts)
        if file is not None and not os.fspath(file).endswith(".npy"):
            raise ValueError(f"file: {os.fspath(file)!r} does not end with .npy")
        limit = None if max_iter is None else whole("max_iter", max_iter)
        extra = dict(options)
        outputs = _master.words({"output": extra.pop("output", None)})
        _master.program()  # is there one?
        arguments = [*self._words,
                     *_master.words({**at.options(), "max_iter": limit, "chunks": chunks, **extra})]
        has_place = {"view", "location", "again"}.isdisjoint(options)  # else the master knows it
        job = Job(self, arguments, outputs, None if file is None else os.fspath(file),
                  at.or_tutorial() if has_place else at)
        with self._lock:
            if self._is_closed:
                raise Error("this Cluster is closed; make another")
            self._jobs.append(job)
            if self not in _at_work:
                _at_work.add(self)
                threading.Thread(target=self._work, name="mandel.Cluster", daemon=True).start()
        return job

    def close(self, cancel: bool = False) -> None:
        """Waits for all jobs, or cancels them; takes no more."""
        with self._lock:
            self._is_closed = True
            jobs = list(self._jobs)
        if cancel:
            self._call_off()
        wait(jobs)

    def __enter__(self) -> Cluster:
        return self

    def __exit__(self, kind: Optional[type[BaseException]], error: Optional[BaseException],
                 trace: Optional[TracebackType]) -> None:
        try:
            self.close(cancel=kind is not None)
        except BaseException:  # Ctrl-C while it waits
            self.close(cancel=True)
            raise

    def _work(self) -> None:
        while True:
            with self._lock:
                if not self._jobs:
                    _at_work.discard(self)
                    return
                job = self._jobs[0]
            job._compute()
            with self._lock:
                self._jobs.popleft()

    def _call_off(self) -> None:
        with self._lock:
            jobs = list(self._jobs)
        for job in reversed(jobs):  # so that none begins meanwhile
            job.cancel()

    def _forget(self) -> None:
        self._lock = threading.Lock()
        self._jobs.clear()
