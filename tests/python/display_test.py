#!/usr/bin/env python3
"""What is seen meanwhile: pictures in a notebook, a line on a terminal, nothing in a pipe."""
import os
import pty
import re
import sys
import types
import unittest
from base64 import b64decode

import numpy as np
from support import LONG_JOB, SLOWLY, Case

import mandel
from mandel._colours import _pixels, thumbnail

JOB = {**LONG_JOB, "size": (300, 300), "max_iter": 20_000}
SCRIPT = "import mandel\nmandel.Cluster({!r}).submit(**{!r}, chunks=30).result()"


class Notebook:
    """What of IPython matters, in a module of that name."""

    def __init__(self):
        self.shown = []
        shown = self.shown

        class DisplayHandle:
            def display(self, bundle, raw):
                shown.append(("new", bundle))

            def update(self, bundle, raw):
                shown.append(("update", bundle))

        module, display = types.ModuleType("IPython"), types.ModuleType("IPython.display")
        module.get_ipython = lambda: types.SimpleNamespace(kernel=object())
        module.display, display.DisplayHandle = display, DisplayHandle
        self.modules = {"IPython": module, "IPython.display": display}


class Shows(Case):
    def notebook(self):
        notebook = Notebook()
        sys.modules.update(notebook.modules)
        self.addCleanup(lambda: [sys.modules.pop(name) for name in notebook.modules])
        return notebook

    def expect_filled_in(self, shown):
        self.assertEqual([kind for kind, _ in shown], ["new"] + ["update"] * (len(shown) - 1))
        self.assertGreater(len(shown), 1)
        # On a busy machine nothing is done yet when the first is shown.
        pictures = re.findall('base64,([^"]*)', " ".join(bundle["text/html"] for _, bundle in shown))
        self.assertGreater(len(set(pictures)), 1)
        self.assertEqual(b64decode(pictures[-1])[:4], b"\x89PNG")
        self.assertRegex(shown[-1][1]["text/plain"], r"^100 % in \d+\.\d s$")

    def test_a_notebook_shows_the_picture_as_it_fills_in(self):
        notebook = self.notebook()
        mandel.Cluster(self.worker(*SLOWLY)).submit(**JOB, chunks=30).result()
        self.expect_filled_in(notebook.shown)

    def test_and_so_with_compute(self):
        notebook = self.notebook()
        mandel.compute(**JOB, kernel="scalar", threads=1)
        self.expect_filled_in(notebook.shown)

    def test_thinned_pictures_tell_points_beyond_two_from_the_set(self):
        wide, high = np.linspace(-2.5, 1, 900), np.linspace(-1.5, 1.5, 800)
        for where in (dict(tutorial=2000), dict(size=(900, 800)), dict(axes=(wide, high)),
                      dict(axes=(wide[::-1], high[::-1]))):
            with self.subTest(where):
                pixels = _pixels(thumbnail(mandel.compute(**where), 480))
                self.assertEqual(pixels[[0, 0, -1, -1], [0, -1, 0, -1]].any(1).tolist(), [True] * 4)
                self.assertFalse(pixels[len(pixels) // 2, len(pixels[0]) // 2].any())
        unknown = _pixels(thumbnail(mandel.compute(axes=(wide**3, high)), 480))
        self.assertFalse(unknown[0, 0].any())

    def test_a_terminal_has_a_line(self):
        ours, theirs = pty.openpty()
        script = self.script(SCRIPT.format(self.worker(*SLOWLY), JOB), stderr=theirs)
        os.close(theirs)
        said = b""
        try:
            while data := os.read(ours, 1000):
                said += data
        except OSError:  # the other end is closed
            pass
        os.close(ours)
        self.assertEqual(script.wait(), 0)
        self.assertRegex(said.decode(), r"\r\[#*\.+\]  ?\d+ %  \d:\d\d left\x1b\[K")
        self.assertTrue(said.endswith(b"\r\x1b[K"), said[-80:])

    def test_a_pipe_has_nothing(self):
        script = self.script(SCRIPT.format(self.worker(*SLOWLY), JOB), stderr=-1)
        self.assertEqual(script.communicate(), ("", ""))


if __name__ == "__main__":
    unittest.main()
