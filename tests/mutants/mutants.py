#!/usr/bin/env python3
"""Do the tests notice a broken line? Draws lines at random and breaks each in one small way: a
condition negated, a bound off by one, a call dropped. Each mutant is built and runs through the
suites, the quick ones first, until one fails. What lives through all is listed: a test is missing
there, or the change means nothing.

Why not Mull or dextool: they work on the compiler's inner code, want a compiler of their own version,
and break templates of the libraries more often than our lines. tests/sim/mutants.cmake has mutants of
the plan that are chosen by hand and hold the simulator to its word; these here are drawn anew.

  tests/mutants/mutants.py                          10 mutants in the sources changed since main
  tests/mutants/mutants.py --all --count 100 --seed 7
  tests/mutants/mutants.py master/plan/plan.cpp     in this file
  tests/mutants/mutants.py --list --all             shows them, and builds nothing

Works on a copy in build/mutants; the first mutant waits for a whole build. Takes 1 to 4 minutes a
mutant on two CPUs. Exit code 1 if one lives.
"""
import argparse
import hashlib
import os
import random
import re
import shutil
import subprocess
import sys
import time

ROOT = os.path.realpath(os.path.join(os.path.dirname(__file__), "../.."))
COPY = os.path.join(ROOT, "build/mutants")
ROOMS = ("master", "worker", "common")
# The suites in order of speed: what is built for each, and which of its tests run.
SUITES = (
    ("unit", ("unit-common", "unit-worker", "unit-master"), "^unit-(common|worker|master)$"),
    ("simulator", ("sim-tests",), "^sim-tests$"),
    ("end to end", ("e2e", "e2e-programs"), "^e2e$"),
)
SUITE_SECONDS_MAX = 900

# What mutants never touch: texts, comments, the preprocessor, declarations, and assertions, which
# hold whenever nothing else is broken.
SKIPPED = re.compile(r"^\s*(//|#|using |namespace |template|static_assert|MANDEL_ASSERT|case |default:)"
                     r"|spdlog::(debug|trace)|^\S.*[^;]\s*$")
STATEMENT = re.compile(r"^(\s+)(?!return\b|co_|throw\b|delete\b|else\b|if\b|for\b|while\b|using\b|const\b|auto\b)"
                       r"[A-Za-z_][\w:]*(?:(?:\.|->|\[[^\]]*\])\w+|\[[^\]]*\])*\(.*\);\s*(//.*)?$")


def in_text(line, at):
    """Does position `at` lie in a string or a comment?"""
    before = re.sub(r'\\.', "..", line[:at])
    return before.count('"') % 2 == 1 or "//" in re.sub(r'"[^"]*"', "", before)


def swap(name, pattern, replacement):
    """A mutator: each match of `pattern` outside of texts, replaced."""
    def mutate(line):
        for match in re.finditer(pattern, line):
            if not in_text(line, match.start()):
                yield name, line[:match.start()] + match.expand(replacement) + line[match.end():]
    return mutate


def negate(line):
    """if (a) -> if (!(a)): where the parenthesis closes on the same line."""
    match = re.search(r"\b(?:if|while) \(", line)
    if not match or in_text(line, match.start()):
        return
    depth, begin = 1, match.end()
    for at in range(begin, len(line)):
        depth += {"(": 1, ")": -1}.get(line[at], 0)
        if depth == 0:
            head, found, condition = line[begin:at].rpartition("; ")
            if "=" not in re.sub(r"[=!<>]=", "", condition):
                yield "condition negated", f"{line[:begin]}{head}{found}!({condition}){line[at:]}"
            return


def drop(line):
    if STATEMENT.match(line) and not in_text(line, len(line) - len(line.lstrip())):
        yield "call dropped", re.match(r"\s*", line).group() + ";\n"


MUTATORS = (
    negate,
    drop,
    swap("bound off by one", r" < (?!<)", " <= "),
    swap("bound off by one", r" <= ", " < "),
    swap("bound off by one", r"(?<!-) > ", " >= "),
    swap("bound off by one", r" >= ", " > "),
    swap("off by one", r" \+ 1\b(?!\.)", ""),
    swap("off by one", r" - 1\b(?!\.)", ""),
    swap("equality turned round", r" == ", " != "),
    swap("equality turned round", r" != ", " == "),
    swap("and for or", r" && ", " || "),
    swap("or for and", r" \|\| ", " && "),
    swap("answer turned round", r"\breturn true;", "return false;"),
    swap("answer turned round", r"\breturn false;", "return true;"),
)


def mutants_of(path):
    """All (line number, name, new line) of a file."""
    with open(os.path.join(ROOT, path), encoding="utf-8") as file:
        lines = file.readlines()
    for number, line in enumerate(lines):
        if SKIPPED.search(line):
            continue
        for mutate in MUTATORS:
            for name, text in mutate(line):
                yield number, name, text


def run(command, log, seconds=None):
    """The exit status; None if it took too long."""
    with subprocess.Popen(command, cwd=COPY, stdout=log, stderr=log, start_new_session=True) as child:
        try:
            return child.wait(seconds)
        except subprocess.TimeoutExpired:
            os.killpg(child.pid, 9)
            return None


def build(targets, log, jobs):
    return run(["cmake", "--build", "build/release", "-j", str(jobs), "--target", *targets], log) == 0


def set_up(log, jobs):
    """A copy of the tree with all suites built. What is unchanged there stays, and is not built again."""
    os.makedirs(COPY, exist_ok=True)
    files = subprocess.run(["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
                           cwd=ROOT, check=True, capture_output=True).stdout.decode().split("\0")
    for path in filter(None, files):
        source, target = os.path.join(ROOT, path), os.path.join(COPY, path)
        if not os.path.isfile(source):
            continue
        with open(source, "rb") as file:
            contents = file.read()
        if os.path.isfile(target):
            with open(target, "rb") as file:
                if file.read() == contents:
                    continue
        os.makedirs(os.path.dirname(target), exist_ok=True)
        shutil.copy(source, target)
    # A broken line may well deserve a warning; the chosen mutants can't do without lines of theirs.
    configured = run(["cmake", "--preset", "release", "-DMANDEL_CUDA=OFF", "-DMANDEL_MUTANTS=OFF",
                      "-DCMAKE_CXX_FLAGS=-w"], log) == 0
    if not configured or not build([t for suite in SUITES for t in suite[1]], log, jobs):
        sys.exit(f"mutants: the unchanged copy does not build: see {log.name}")


def digest_of_objects(path):
    """Of the objects that are made of a source: equal digests mean an equal program."""
    digest = hashlib.sha256()
    for folder, _, names in sorted(os.walk(os.path.join(COPY, "build/release"))):
        for name in sorted(names):
            if name == os.path.basename(path) + ".o" and "/mutants/" not in folder[len(COPY):]:
                with open(os.path.join(folder, name), "rb") as file:
                    digest.update(file.read())
    return digest.digest()


def verdict(path, before, log, jobs):
    """Which suite notices the mutant in the copy; "none", or why it is no mutant."""
    for suite, targets, label in SUITES:
        if not build(targets, log, jobs):
            return "does not compile"
        if suite == "unit" and digest_of_objects(path) == before:
            return "changes nothing"
        status = run(["ctest", "--test-dir", "build/release", "-L", label, "-j", str(2 * jobs + 1),
                      "--stop-on-failure", "--timeout", "120"], log, SUITE_SECONDS_MAX)
        if status != 0:
            return suite
    return "none"


def changed_files(base):
    names = subprocess.run(["git", "diff", "--name-only", base], cwd=ROOT, check=True,
                           capture_output=True, text=True).stdout.split("\n")
    return names


def all_files():
    return subprocess.run(["git", "ls-files", *ROOMS], cwd=ROOT, check=True, capture_output=True,
                          text=True).stdout.split("\n")


def arguments():
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("files", nargs="*", metavar="FILE", help="only these sources")
    parser.add_argument("--all", action="store_true", help="in all sources of " + ", ".join(ROOMS))
    parser.add_argument("--since", default="main", metavar="COMMIT",
                        help="in the sources changed since this commit (default: %(default)s)")
    parser.add_argument("--seed", type=int, default=1, help="of the drawing (default: %(default)s)")
    parser.add_argument("--count", type=int, default=10, help="mutants (default: %(default)s)")
    parser.add_argument("--jobs", type=int, default=os.cpu_count(), help="CPUs (default: all)")
    parser.add_argument("--list", action="store_true", help="show the mutants, and build nothing")
    return parser.parse_args()


def drawn(options):
    """The mutants in the order drawn: a file, then one of its lines, so that long files are not all."""
    names = options.files or (all_files() if options.all else changed_files(options.since))
    paths = [n for n in names if re.match(rf"({'|'.join(ROOMS)})/.*\.(cpp|h)$", n)]
    pool = {path: list(mutants_of(path)) for path in paths if os.path.isfile(os.path.join(ROOT, path))}
    everything = [(path, *mutant) for path, mutants in pool.items() for mutant in mutants]
    if not everything:
        sys.exit("mutants: no source of " + ", ".join(ROOMS) + " to break; name files, or --all")
    random.Random(options.seed).shuffle(everything)
    return everything


def shown(path, number, name, text):
    with open(os.path.join(ROOT, path), encoding="utf-8") as file:
        line = file.readlines()[number].strip()
    return f"{path}:{number + 1}: {name}: " + (line if name == "call dropped" else f"{line}  ->  {text.strip()}")


def main():
    options = arguments()
    candidates = drawn(options)
    if options.list:
        print("\n".join(shown(*mutant) for mutant in candidates[:options.count]))
        return 0
    os.makedirs(os.path.dirname(COPY), exist_ok=True)
    survivors, tally = [], {}
    with open(COPY + ".log", "w", encoding="utf-8") as log:
        set_up(log, options.jobs)
        left = options.count
        for path, number, name, text in candidates:
            if left == 0:
                break
            target = os.path.join(COPY, path)
            with open(target, encoding="utf-8") as file:
                original = file.readlines()
            before, began = digest_of_objects(path), time.monotonic()
            try:
                with open(target, "w", encoding="utf-8") as file:
                    file.writelines(original[:number] + [text] + original[number + 1:])
                noticed = verdict(path, before, log, options.jobs)
            finally:
                with open(target, "w", encoding="utf-8") as file:
                    file.writelines(original)
            tally[noticed] = tally.get(noticed, 0) + 1
            print(f"{noticed:>16}  {time.monotonic() - began:4.0f} s  {shown(path, number, name, text)}",
                  flush=True)
            # What is no mutant does not count: another is drawn for it.
            left -= noticed not in ("does not compile", "changes nothing")
            if noticed == "none":
                survivors.append(shown(path, number, name, text))
        build([t for suite in SUITES for t in suite[1]], log, options.jobs)
    caught = sum(n for suite, n in tally.items() if suite in [s[0] for s in SUITES])
    print(f"\n{caught} of {caught + len(survivors)} were noticed: {tally}")
    if survivors:
        print("These live:\n  " + "\n  ".join(survivors))
    return 1 if survivors else 0


if __name__ == "__main__":
    sys.exit(main())
