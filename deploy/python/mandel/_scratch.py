"""Folders for what mandel-master reads and writes: gone when they are left, and when this process is,
whatever ends it.

Who is killed tidies nothing up. So a shell waits for the end of a pipe that this process alone holds,
and removes what is left then. Python's own shared memory is tidied up in this way, too.
"""
from __future__ import annotations

import contextlib
import os
import secrets
import shutil
import tempfile
import threading
from collections.abc import Iterator

# A master that is about to end may still write there.
_TIDY = 'read -r _; until rm -rf -- "$0"; do sleep 0.1; done'

_lock = threading.Lock()
_bases: dict[str, tuple[str, int]] = {}  # by $TMPDIR: a folder of ours there, and its pipe


def _forget() -> None:
    """In the child of a fork: it may not hold the parent's pipes."""
    for _, pipe in _bases.values():
        os.close(pipe)
    _bases.clear()
    _lock.release()


os.register_at_fork(before=_lock.acquire, after_in_parent=_lock.release, after_in_child=_forget)


def _base() -> str:
    """Made when it is needed first, and not there before."""
    place = tempfile.gettempdir()
    if place not in _bases:
        base = os.path.join(place, f"mandel-{secrets.token_hex(8)}")
        reads, writes = os.pipe()
        try:
            os.posix_spawn("/bin/sh", ["sh", "-c", _TIDY, base], {"PATH": os.defpath}, setsid=True,
                           file_actions=[(os.POSIX_SPAWN_DUP2, reads, 0),
                                         (os.POSIX_SPAWN_OPEN, 1, os.devnull, os.O_WRONLY, 0),
                                         (os.POSIX_SPAWN_DUP2, 1, 2)])
        finally:
            os.close(reads)
        _bases[place] = base, writes
    return _bases[place][0]


@contextlib.contextmanager
def folder() -> Iterator[str]:
    """One of its own, in $TMPDIR."""
    with _lock:
        base = _base()
        os.makedirs(base, 0o700, exist_ok=True)
        own = tempfile.mkdtemp(dir=base)
    try:
        yield own
    finally:
        shutil.rmtree(own, ignore_errors=True)
        with _lock, contextlib.suppress(OSError):  # others are at work there
            os.rmdir(base)
