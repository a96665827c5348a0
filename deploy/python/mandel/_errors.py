"""What this package raises where the library or mandel-master says no."""
from __future__ import annotations

from typing import Optional


class Error(Exception):
    """A sentence of libmandel's or mandel-master's.

    exit_code: mandel-master's (docs/output.md), or None if it is not from there.
    """

    __module__ = "mandel"

    def __init__(self, sentence: str, exit_code: Optional[int] = None) -> None:
        super().__init__(sentence)
        self.exit_code = exit_code
