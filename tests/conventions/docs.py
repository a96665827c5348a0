#!/usr/bin/env python3
"""Does what the docs name exist?

Reads README.md and docs/, and holds against the sources and each program's --help: every file, test
and option that they name, the code that they quote, every link, how wide lines are and how many
words there are. Whether a sentence is true, only a reader can say.

usage: docs.py BIN_FOLDER [FOLDER]   the programs' folder; the project's, by default this script's
"""
import re
import subprocess
import sys
from fnmatch import fnmatch
from pathlib import Path

# Rows of tables may be longer, and so may a line with nothing but a link or an address.
COLUMNS_MAX = 100
# Counted as `wc -w` does. All together may grow with what there is to say, by as little as says it:
# 15,000 before faults of disks, terminals and neighbours had their rows, 17,500 before deep zoom had
# its proofs, 23,200 before there was a library for C and Python, OpenCL and lines, 25,900 before batches,
# 25,960 before the parts of deep zoom were measured, and farther places.
WORDS_MAX = {"docs/overhead.md": 1000, "docs/ladder.md": 1000, "docs/*.md": 26400}

PROGRAMS = {  # and their subcommands
    "mandel-master": ["sweep", "doctor", "colour", "split", "map", "reduce"],
    "mandel-worker": [],
    "mandel-keygen": [],
    "mandel-bench": ["ladder", "overhead", "deep"],
    "mandel-sim": [],
}
FOREIGN_OPTIONS = {  # and whose they are
    "--batch": "scancel",
    "--fmad": "nvcc",
    "--from-file": "kubectl",
    "--gpus-per-node": "sbatch",
    "--gres": "sbatch",
    "--nodes": "sbatch",
    "--signal": "scancel",
    "--time": "sbatch",
}
FOLDERS = ["kernels", "common", "worker", "master", "proto", "tests", "deploy", "docs"]
NOT_OURS = ["build", ".git", "node_modules", "__pycache__"]
BUILT = ["build/release", "build/release/bin", "build/release/bin/mandel-*",
         "build/release/tests/e2e/strange-worker", "build/packages"]

OPTION = re.compile(r"(?<![\w-])--[a-z][a-z0-9-]*")
COMMAND = re.compile(r"\b(%s)((?:\\\n|[^\n`|;&#)])*)" % "|".join(PROGRAMS))
PATH = re.compile(r"(?<![\w./~$*-])(?:%s|build)/[\w./*-]*" % "|".join(FOLDERS))
FILE = re.compile(r"(?<![\w./~$*-])[\w-]+\.(?:h|cpp|cuh?|sh|py|proto|cmake)(?![\w-])")
TEST = re.compile(r"`([A-Z]\w*\.(?:\*|[A-Z]\w*|(?<=Mutant\.)\w+))`")
LINK = re.compile(r"\]\(([^)\s]+)\)")
QUOTED = re.compile(r"^```cpp\n(.*?)^```$", re.MULTILINE | re.DOTALL)
HEADING = re.compile(r"^#+ +(.*)$", re.MULTILINE)
NO_PLACE_TO_WRAP = re.compile(r"\s*(\|.*|([-*] +)?!?\[[^\]]*\]\(\S+\)[.,]?|<?https?://\S+)$")

# How tests are made: what is read of a source, and the name that ctest or GoogleTest gives it.
MAKES_TEST = {
    r"\bTEST\w*\(\s*(\w+),\s*(\w+)\s*\)": r"\1.\2",
    r"\bmutant\((\w+)": r"Mutant.\1",
    r"\bdeploy_test\(([\w.]+)": r"\1",
    r"\bconvention\((\w+)": r"Conventions.\1",
}


class Project:
    """What there is to be named."""

    def __init__(self, top, programs):
        self.top = top
        self.files = set(self.walk(top))
        self.folders = {parent.as_posix() for file in self.files for parent in Path(file).parents}
        self.sources = [self.read(f) for f in self.files if f.endswith((".h", ".cpp"))]
        self.options = {
            " ".join([program, *sub]): help_options(programs / program, *sub)
            for program, subs in PROGRAMS.items()
            for sub in [[], *([s] for s in subs)]
        }
        scripts = [file for file in self.files if file.endswith((".sh", ".py"))]
        self.all_options = set(FOREIGN_OPTIONS).union(
            *self.options.values(), *(OPTION.findall(self.read(script)) for script in scripts))
        self.tests = {
            found.expand(name)
            for file in self.files
            if file.startswith("tests/") and file.endswith((".cpp", ".h", ".cmake", ".txt"))
            for made, name in MAKES_TEST.items()
            for found in re.finditer(made, self.read(file))
        }

    def walk(self, folder):
        for entry in sorted(folder.iterdir()):
            if entry.is_dir() and entry.name not in NOT_OURS:
                yield from self.walk(entry)
            elif entry.is_file():
                yield entry.relative_to(self.top).as_posix()

    def read(self, file):
        return (self.top / file).read_text(encoding="utf-8")

    def pages(self):
        return sorted(f for f in self.files if re.fullmatch(r"README\.md|docs/[\w-]+\.md", f))

    def has_path(self, path):
        """Docs may leave out what a name ends with, and may write * in it. NAME stands for what a
        reader chooses."""
        path = path.rstrip("/.")
        if "NAME" in path or any(fnmatch(path, built) for built in BUILT):
            return True
        return any(fnmatch(there, pattern) for pattern in (path, path + ".*")
                   for there in self.files | self.folders)


def help_options(program, *subcommand):
    command = [program, *subcommand, "--help"]
    said = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    return set(OPTION.findall(said))


def anchors(text):
    """As GitHub makes them of headings."""
    found = []
    for heading in HEADING.findall(text):
        words = re.sub(r"\]\([^)]*\)", "", heading).lower()
        anchor = re.sub(r"[^\w\- ]", "", words).replace(" ", "-")
        found.append(anchor if anchor not in found else f"{anchor}-{found.count(anchor)}")
    return found


def complaints(project):
    for page in project.pages():
        text = project.read(page)
        at = place_in(page, text)
        yield from too_wide(page, text)
        yield from links_to_nothing(project, page, text, at)
        for path in PATH.finditer(text):
            if not project.has_path(path[0]):
                yield f"{at(path)}: there is no {path[0]}"
        for file in FILE.finditer(text):
            if not any(there.rpartition("/")[2] == file[0] for there in project.files):
                yield f"{at(file)}: no file is called {file[0]}"
        for test in TEST.finditer(text):
            if not any(fnmatch(there, test[1]) for there in project.tests):
                yield f"{at(test)}: there is no test {test[1]}"
        for option in OPTION.finditer(text):
            if option[0] not in project.all_options:
                yield f"{at(option)}: nothing has the option {option[0]}"
        for code in QUOTED.finditer(text):
            if not any(code[1] in source for source in project.sources):
                yield f"{at(code)}: no source has this code"
        yield from options_of_other_commands(project, text, at)
    yield from too_many_words(project)


def place_in(page, text):
    return lambda match: f"{page}:{text.count(chr(10), 0, match.start()) + 1}"


def too_wide(page, text):
    for number, line in enumerate(text.split("\n"), 1):
        if len(line) > COLUMNS_MAX and not NO_PLACE_TO_WRAP.match(line):
            yield f"{page}:{number}: {len(line)} columns wide; {COLUMNS_MAX} are allowed"


def links_to_nothing(project, page, text, at):
    for link in LINK.finditer(text):
        path, _, anchor = link[1].partition("#")
        if re.match(r"\w+:", path):
            continue
        target = (project.top / page).parent / path if path else project.top / page
        if not target.exists():
            yield f"{at(link)}: the link to {link[1]} leads nowhere"
        elif anchor and anchor not in anchors(target.read_text(encoding="utf-8")):
            yield f"{at(link)}: {target.name} has no heading #{anchor}"


def options_of_other_commands(project, text, at):
    for command in COMMAND.finditer(text):
        program, words = command[1], command[2].split()
        if words and words[0] in PROGRAMS[program]:
            program += " " + words[0]
        for option in OPTION.findall(command[2]):
            if option in project.all_options and option not in project.options[program]:
                yield f"{at(command)}: {program} has no option {option}"


def too_many_words(project):
    for pattern, most in WORDS_MAX.items():
        pages = [page for page in project.pages() if fnmatch(page, pattern)]
        words = sum(len(project.read(page).split()) for page in pages)
        if words > most:
            yield f"{pattern}: {words} words; {most} are allowed"


if __name__ == "__main__":
    top = Path(sys.argv[2]) if len(sys.argv) > 2 else Path(__file__).resolve().parents[2]
    found = list(complaints(Project(top, Path(sys.argv[1]))))
    print("\n".join(found) or "All that the docs name exists.")
    sys.exit(bool(found))
