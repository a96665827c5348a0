#!/usr/bin/env python3
"""Does what docs/python.md, the README and the package's own text show run, and do as they say? desk1
and desk2 are two workers here.
"""
import contextlib
import io
import os
import re
import unittest
from pathlib import Path

import numpy as np
from support import TUTORIAL_SUM, Case

import mandel

TOP = Path(__file__).resolve().parents[2]
BLOCK = re.compile(r"(?:^    .*\n|^\n)+", re.MULTILINE)


def code_of(page):
    """Its indented blocks that are Python, from the first import on."""
    blocks = [re.sub("^    ", "", block, flags=re.MULTILINE)
              for block in BLOCK.findall((TOP / page).read_text(encoding="utf-8"))]  # fmt: skip
    return [block.strip() for block in blocks if "mandel." in block]


class Examples(Case):
    def run_all(self, examples):
        """Each sees what those before it made. Views are made small, so that none takes long."""
        desks = {"desk1": self.worker(), "desk2": self.worker()}
        names = {"np": np}
        said = io.StringIO()
        before = os.getcwd()
        os.chdir(self.folder)
        try:
            for example in examples:
                text = re.sub("desk[12]", lambda desk: desks[desk[0]], example).replace("1600, 1200", "160, 120")
                with contextlib.redirect_stdout(said):
                    exec(compile(text, example, "exec"), names)
        finally:
            os.chdir(before)
        for picture in Path(self.folder).glob("*.png"):
            self.assertEqual(picture.read_bytes()[:4], b"\x89PNG")
            picture.unlink()
        self.assertIn(f"{TUTORIAL_SUM}\n", said.getvalue())
        return names, said.getvalue()

    def test_the_pages(self):
        names, said = self.run_all(code_of("docs/python.md"))
        self.assertEqual(names["valley"].shape, (120, 160))
        self.assertEqual(names["points"].shape, (200, 300))
        self.assertEqual(names["deep"].shape, (40, 60))
        self.assertGreater(names["deep"].max(), 0)
        self.assertIn(" 100%\n", said)
        self.assertIn("wall_seconds", names["rows"][0])

    def test_the_packages(self):
        text = mandel.__doc__.partition("    import mandel\n")[2]
        code = "import mandel\n" + re.sub("^    ", "", text[: text.index("\nCounts are")], flags=re.MULTILINE)
        self.run_all([code])

    def test_the_readmes(self):
        blocks = [block for block in code_of("README.md") if "import mandel" in block]
        self.assertEqual(len(blocks), 1)
        self.run_all(blocks)


if __name__ == "__main__":
    unittest.main()
