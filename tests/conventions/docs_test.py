#!/usr/bin/env python3
"""Does docs.py see what it is there to see? Its project here is small; its docs have one fault each."""
import tempfile
import unittest
from pathlib import Path
from unittest import mock

import docs

PROGRAMS = {"mandel-master": ["sweep"], "mandel-worker": []}
HELP = """#!/bin/sh
case "$0 $1" in
  *master\\ sweep) echo "  --chunks N  how many" ;;
  *master*) echo "  --hosts H  which" ;;
  *worker*) echo "  --listen A  where" ;;
esac
"""
SOUND = {
    "README.md": "# Mandel\n\nSee [the plan](docs/plan.md#a-plan-with-code) and `tests/unit/`.\n",
    "docs/plan.md": """# Plan

## A plan, with `code`

`master/plan/plan`, `master/plan/*.cpp`, `plan.h`; `Plan.Grants`, `Plan.*`, `Mutant.grants_twice`.
![wide](https://example.org/%s.png)
| a row | %s |

    desk$ build/release/bin/mandel-master --hosts a && build/release/bin/mandel-worker --listen b
    mandel-master sweep --chunks 1,2 ; deploy/demo.sh --quick ; sbatch --gres gpu

```cpp
  void grant();
  void back_up();
```
""" % ("wide" * 25, "wide " * 20),
    "deploy/demo.sh": "[ $1 = --quick ]\n",
    "master/plan/plan.h": "class Plan {\n  void grant();\n  void back_up();\n};\n",
    "master/plan/plan.cpp": "",
    "tests/unit/plan_test.cpp": "TEST_F(Plan, Grants) {}\n",
    "tests/sim/mutants.cmake": "mutant(grants_twice plan.cpp)\n",
}


class Docs(unittest.TestCase):
    def complaints(self, said, words_max=None):
        """With `said` as the last line of docs/plan.md."""
        with tempfile.TemporaryDirectory() as folder, mock.patch.multiple(
                docs, PROGRAMS=PROGRAMS, WORDS_MAX=words_max or {}):
            top = Path(folder)
            for name, text in SOUND.items():
                file = top / name
                file.parent.mkdir(parents=True, exist_ok=True)
                file.write_text(text)
            (top / "docs/plan.md").write_text(SOUND["docs/plan.md"] + said)
            programs = top / "build"
            programs.mkdir()
            for program in PROGRAMS:
                (programs / program).write_text(HELP)
                (programs / program).chmod(0o755)
            return list(docs.complaints(docs.Project(top, programs)))

    def expect(self, said, *sentences):
        self.assertEqual(self.complaints(said), [f"docs/plan.md:16: {each}" for each in sentences])

    def test_accepts_what_is_sound(self):
        self.expect("")

    def test_a_line_that_is_too_wide(self):
        self.expect("word " * 20 + "w", "101 columns wide; 100 are allowed")
        self.expect("é" * 100)

    def test_a_path_that_does_not_exist(self):
        self.expect("as `master/plan/deal.h` says", "there is no master/plan/deal.h")
        self.expect("as master/plans/ says", "there is no master/plans/")
        self.expect("run build/release/bin/mendel", "there is no build/release/bin/mendel")

    def test_a_path_that_a_reader_chooses(self):
        self.expect("make a file `master/plan/NAME.h`")

    def test_a_file_that_does_not_exist(self):
        self.expect("as `deal.h` says", "no file is called deal.h")
        self.expect("not ours: /etc/deal.h, ~/deal.sh, picture.png")

    def test_a_test_that_does_not_exist(self):
        self.expect("`Plan.GrantsTwice` tests it", "there is no test Plan.GrantsTwice")
        self.expect("`Crew.*` tests it", "there is no test Crew.*")
        self.expect("`Mutant.grants_thrice` is caught", "there is no test Mutant.grants_thrice")

    def test_an_option_that_does_not_exist(self):
        self.expect("with `--wings`", "nothing has the option --wings")

    def test_an_option_of_another_program(self):
        self.expect("`mandel-worker --hosts a`", "mandel-worker has no option --hosts")
        self.expect("mandel-master sweep \\\n  --hosts a",
                    "mandel-master sweep has no option --hosts")
        self.expect("mandel-worker | mandel-master --hosts a")

    def test_code_that_no_source_has(self):
        self.expect("```cpp\n  void grant();\n  void cancel();\n```", "no source has this code")

    def test_a_link_that_leads_nowhere(self):
        self.expect("[deal](deal.md)", "the link to deal.md leads nowhere")
        self.expect("[deal](../README.md#deal)", "README.md has no heading #deal")
        self.expect("[plan](#a-plan-with-code)")

    def test_too_many_words(self):
        self.assertEqual(self.complaints("one two", {"docs/plan.md": 10}),
                         ["docs/plan.md: 66 words; 10 are allowed"])


if __name__ == "__main__":
    unittest.main()
