#!/usr/bin/env python3
"""Do includes run down only?

Reads every #include of the product and holds it against the floors below. The linker notices some
of it, but only between libraries, and then it names a symbol instead of the line that is wrong.

usage: walls.py [FOLDER]   the project's folder; by default the one that this script is part of
"""
import re
import sys
from collections import deque
from pathlib import Path

# Every room, from the ground up. A room may include itself and the floors below it. Rooms on one
# floor don't know each other.
FLOORS = [
    ["kernels"],
    ["kernels/cpu", "kernels/deep", "kernels/gpu"],
    ["kernels/simd", "kernels/cuda"],
    ["kernels/opencl"],
    ["kernels/check", "kernels/lanes"],
    ["kernels/c_api"],
    ["common/base"],
    ["common/net"],
    ["common/http"],
    ["common/keys"],
    ["common/wire"],
    ["common/program"],
    ["common/keygen", "worker", "master/chunks"],
    ["master/plan", "master/places", "master/colours", "master/crew/sources"],
    ["master/recipe"],
    ["master/sinks"],
    ["master/stats"],
    ["master/crew"],
    ["master/results", "master/live"],
    ["master/auto_chunks", "master/cli"],
    ["master/job", "master/doctor", "master/recolour", "master/lines"],
    ["master/sweep"],
    ["master"],
]

# Those that know less than their floor allows, and all that they may include: folders or files.
KNOWS_ONLY = {
    "kernels": ["kernels"],
    "common/base": ["common/base"],
    "master/plan": ["master/plan", "master/chunks/ids.h", "common/base"],
}

# Folders or headers that only these may include.
KEPT_TO = {
    "worker": ["worker", "master/main.cpp", "master/stage.h", "master/stage.cpp"],
    "kernels/c_api": ["kernels/c_api"],
    "CLI": ["common/program", "master/cli"],
    "boost": ["common/http/server.cpp"],
    "mandel.pb.h": ["common/wire", "worker", "master/crew", "master/results"],
    "journal.pb.h": ["master/results"],
}

# Headers that the build makes, and the room that each counts as part of.
MADE = {
    "mandel.pb.h": "common/wire",
    "journal.pb.h": "master/results",
    "common/program/version.h": "common/program",
}

SOURCES = {".h", ".inc", ".cpp", ".cu", ".cuh", ".in"}
INCLUDE = re.compile(r'^[ \t]*#[ \t]*include[ \t]*(["<])([^">]+)[">]', re.MULTILINE)
HERE = "tests/conventions/walls.py"


def complaints(top):
    """What is wrong in the project at the folder `top`: a sentence each."""
    includes = read_includes(top)
    if not includes:
        return [f"no sources below {top}"]
    return [*rooms_without_floor(includes), *upward(includes), *broken_promises(includes),
            *circles(includes)]


def read_includes(top):
    """By source file, what it includes: (quote, name) each. Paths are written from the top."""
    houses = {room.split("/")[0] for rooms in FLOORS for room in rooms}
    files = [file for house in sorted(houses) for file in sorted((top / house).rglob("*"))]
    return {
        file.relative_to(top).as_posix(): INCLUDE.findall(file.read_text(encoding="utf-8"))
        for file in files
        if file.suffix in SOURCES
    }


def ours(includes):
    return [(f, name) for f, names in includes.items() for quote, name in names if quote == '"']


def room_of(path):
    return path.rpartition("/")[0]


def floor_of(room):
    return next((floor for floor, rooms in enumerate(FLOORS) if room in rooms), None)


def is_among(path, places):
    return any(path == place or path.startswith(place + "/") for place in places)


def rooms_without_floor(includes):
    for room in sorted({room_of(file) for file in includes}):
        if floor_of(room) is None:
            yield f"{room} has no floor: give it one in FLOORS of {HERE}"


def upward(includes):
    for file, name in ours(includes):
        room = room_of(file)
        target = room_of(name) if name in includes else MADE.get(name)
        if target is None:
            yield (f"{file} includes {name}, which is not a file's path from the top, nor among "
                   f"MADE of {HERE}")
            continue
        floor, below = floor_of(room), floor_of(target)
        if room != target and None not in (floor, below) and floor <= below:
            yield (f"{file} includes {name}: {room} is on floor {floor}, {target} on floor "
                   f"{below}; includes run down only")


def broken_promises(includes):
    for file, name in ours(includes):
        for room, known in KNOWS_ONLY.items():
            if is_among(file, [room]) and not is_among(name, known):
                yield f"{file} includes {name}: {room} may include only {', '.join(known)}"
    for file, names in includes.items():
        for _, name in names:
            for kept, places in KEPT_TO.items():
                if is_among(name, [kept]) and not is_among(file, places):
                    yield f"{file} includes {name}: only {', '.join(places)} may"


def circles(includes):
    """A header and its source are one here: what leads in a circle through a source can't be taken
    apart either."""
    leads_to = {}
    for file, name in ours(includes):
        start, end = file.rpartition(".")[0], name.rpartition(".")[0]
        if name in includes and start != end:
            leads_to.setdefault(start, {})[end] = (file, name)
    told = set()
    for start in leads_to:
        circle = shortest_circle(start, leads_to)
        if circle and frozenset(circle) not in told:
            told.add(frozenset(circle))
            file, name = leads_to[circle[0]][circle[1]]
            yield f"{file} includes {name}, which leads back to it: {' -> '.join(circle)}"


def shortest_circle(start, leads_to):
    paths = deque([[start]])
    seen = set()
    while paths:
        path = paths.popleft()
        for after in leads_to.get(path[-1], {}):
            if after == start:
                return [*path, start]
            if after not in seen:
                seen.add(after)
                paths.append([*path, after])
    return None


if __name__ == "__main__":
    project = Path(__file__).resolve().parents[2]
    found = complaints(Path(sys.argv[1]) if len(sys.argv) > 1 else project)
    print("\n".join(found) or "Includes run down only.")
    sys.exit(bool(found))
