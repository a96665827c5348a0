#!/usr/bin/env python3
"""Are the package's types whole and right? By mypy, where it is installed."""
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

from support import needs

needs("mypy")
PACKAGE = Path(__file__).resolve().parents[2] / "deploy/python/mandel"


class Types(unittest.TestCase):
    def test_mypy_has_nothing_to_say(self):
        with tempfile.TemporaryDirectory() as cache:
            said = subprocess.run([sys.executable, "-m", "mypy", "--strict", "--cache-dir", cache, PACKAGE],
                                  capture_output=True, text=True)  # fmt: skip
        self.assertEqual(said.returncode, 0, said.stdout + said.stderr)


if __name__ == "__main__":
    unittest.main()
