"""What is seen while something is computed: in a notebook the picture as it fills in, above a bar;
on a terminal a line; elsewhere nothing. By plain display updates, since widgets need an extension
that not every notebook has.
"""
from __future__ import annotations

import sys
import time
from base64 import b64encode
from importlib import import_module
from typing import Any, Callable, Optional

from ._place import Counts

_PERIOD_S = 0.1
_FIRST_S = 0.3  # what ends before needs no bar
_SIDE_MAX = 480  # pixels of the picture that fills in
_BAR = 40


def _notebook() -> Any:
    """IPython's display module where a notebook's kernel runs this, else None."""
    ipython = sys.modules.get("IPython")
    shell = ipython.get_ipython() if ipython is not None else None
    if getattr(shell, "kernel", None) is None:
        return None
    return import_module("IPython.display")


def line(progress: float, elapsed_s: float) -> str:
    """'[####....]  43 %  0:12 left'"""
    full = int(progress * _BAR)
    left = "?"
    if progress > 0:
        seconds = round(elapsed_s * (1 - progress) / progress)
        left = f"{seconds // 60}:{seconds % 60:02}"
    return f"[{'#' * full}{'.' * (_BAR - full)}] {progress * 100:3.0f} %  {left} left"


class _Terminal:
    def show(self, text: str, _counts: Optional[Counts]) -> None:
        sys.stderr.write(f"\r{text}\x1b[K")
        sys.stderr.flush()

    def end(self, _text: str, _counts: Optional[Counts]) -> None:
        self.show("", None)


class _Notebook:
    def __init__(self, display: Any) -> None:
        self._handle = display.DisplayHandle()
        self._is_shown = False
        self._next = 0.0

    def show(self, text: str, counts: Optional[Counts]) -> None:
        """Pictures take a process each: a tenth of the time goes there at most."""
        began = time.monotonic()
        if began < self._next:
            return
        image = ""
        if counts is not None:
            from ._colours import thumbnail

            png = thumbnail(counts, _SIDE_MAX)
            image = f'<img src="data:image/png;base64,{b64encode(png).decode()}"><br>' if png else ""
        bundle = {"text/plain": text, "text/html": f"{image}<code>{text}</code>"}
        if self._is_shown:
            self._handle.update(bundle, raw=True)
        else:
            self._handle.display(bundle, raw=True)
        self._is_shown = True
        now = time.monotonic()
        self._next = now + 10 * (now - began)

    def end(self, text: str, counts: Optional[Counts]) -> None:
        self._next = 0
        self.show(text, counts)


class Show:
    def __init__(self, screen: Any) -> None:
        self._screen = screen

    @classmethod
    def where_wanted(cls, show: Optional[bool]) -> Optional[Show]:
        """None: where somebody looks. True: also on a stderr that is no terminal."""
        if show is False:
            return None
        display = _notebook()
        if display is not None:
            return cls(_Notebook(display))
        return cls(_Terminal()) if show or sys.stderr.isatty() else None

    def follow(
        self,
        wait: Callable[[float], bool],
        progress: Callable[[], float],
        counts: Callable[[], Optional[Counts]],
    ) -> None:
        """Shows until `wait`, which is given seconds, says that all is over."""
        began = time.monotonic()
        if wait(_FIRST_S):
            return
        try:
            while True:
                self._screen.show(line(progress(), time.monotonic() - began), counts())
                if wait(_PERIOD_S):
                    break
        finally:
            took = f"{time.monotonic() - began:.1f} s"
            self._screen.end(f"{progress() * 100:3.0f} % in {took}", counts())
