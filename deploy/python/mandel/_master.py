"""mandel-master as a child process: where it is, how options become words, what it says.

It is the one that knows the protocol, keys, audits, outputs and what to do when a worker dies. It
runs apart, so that neither can crash or hold up the other.
"""
from __future__ import annotations

import json
import logging
import os
import shutil
import signal
import subprocess
from collections.abc import Sequence
from typing import Any, Mapping, Optional, Union

from ._errors import Error

log = logging.getLogger("mandel")
_LEVELS = {"debug": logging.DEBUG, "info": logging.INFO, "warning": logging.WARNING}
END_S = 10  # from asking a master to end to killing it

# What this package says itself.
_OURS = {"bands", "json", "quiet", "log_format", "no_journal", "report", "live_stay",
         "parent"}


def program() -> str:
    """The file in the environment's MANDEL_MASTER, or mandel-master on the PATH."""
    named = os.environ.get("MANDEL_MASTER") or shutil.which("mandel-master")
    if named is None:
        raise Error("there is no mandel-master: install the package mandel-master, "
                    "or name the file in MANDEL_MASTER")
    return named


def command(*arguments: str) -> list[str]:
    """Of a master that ends with this process, even if that is killed."""
    return [program(), *arguments, "--quiet", "--log-format=json", f"--parent={os.getpid()}"]


def words(options: Mapping[str, Any]) -> list[str]:
    """accept_new=True, max_iter=5 as --accept-new, --max-iter=5. None says nothing; a list repeats
    the option. Which there are, mandel-master knows."""
    found = []
    for name, value in options.items():
        if name in _OURS:
            raise TypeError(f"{name}: this package gives that option itself")
        word = "--" + name.rstrip("_").replace("_", "-")
        for one in value if isinstance(value, (list, tuple)) else [value]:
            if one is True:
                found.append(word)
            elif one is not None:
                found.append(f"{word}={'false' if one is False else one}")
    return found


def hosts_word(hosts: Union[str, Sequence[str], None]) -> Optional[str]:
    """One list for --hosts, however it was given."""
    return hosts if hosts is None or isinstance(hosts, str) else ",".join(hosts)


class Messages:
    """Its standard error, in JSON's lines: what it says goes to the logger "mandel", and the error
    that ended it is kept."""

    def __init__(self) -> None:
        self._rest = b""
        self._error: Optional[str] = None

    def feed(self, data: bytes) -> None:
        *lines, self._rest = (self._rest + data).split(b"\n")
        for line in lines:
            self._take(line.decode(errors="replace"))

    def _take(self, line: str) -> None:
        try:
            entry = json.loads(line)
            level, message = entry["level"], entry["message"]
        except (ValueError, TypeError, KeyError):  # a mistake in the command line, and then a hint
            self._error = self._error or line.removeprefix("mandel-master: ")
            return
        if level in _LEVELS:
            log.log(_LEVELS[level], "%s", message)
            return
        if self._error is not None:
            log.warning("%s", self._error)
        self._error = message

    def error(self, exit_code: int) -> Error:
        """Of a master that has ended so."""
        if exit_code < 0:
            name = signal.Signals(-exit_code).name
            return Error(f"mandel-master was killed by {name}", exit_code)
        return Error(self._error or f"mandel-master ended with exit code {exit_code}", exit_code)


def end(process: subprocess.Popen[bytes]) -> None:
    """Ends it as Ctrl-C does; without mercy if that does not help."""
    process.terminate()
    try:
        process.wait(END_S)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def run(arguments: list[str]) -> None:
    """Waits for it. Raises Error if it fails; if this is interrupted, ends it."""
    with subprocess.Popen(command(*arguments), stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                          stderr=subprocess.PIPE) as process:
        try:
            said = process.communicate()[1]
        except BaseException:
            end(process)
            raise
    messages = Messages()
    messages.feed(said)
    if process.returncode != 0:
        raise messages.error(process.returncode)
