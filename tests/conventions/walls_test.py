#!/usr/bin/env python3
"""Does walls.py see what it is there to see? It gets small projects with one fault each, so that it
can't come to pass whatever it reads."""
import tempfile
import unittest
from pathlib import Path
from unittest import mock

import walls

FLOORS = [["kernels"], ["common/base"], ["worker", "master/chunks"], ["master/plan"],
          ["master/crew"], ["master"]]
KNOWS_ONLY = {"master/plan": ["master/plan", "master/chunks/ids.h", "common/base"]}
KEPT_TO = {"worker": ["worker", "master/main.cpp"], "CLI": ["master/cli"],
           "job.pb.h": ["worker/messages.h"]}
MADE = {"job.pb.h": "common/base"}

# One that keeps all rules.
SOUND = {
    "kernels/grid.h": "#include <vector>\n",
    "common/base/clock.h": '#include "kernels/grid.h"\n',
    "worker/messages.h": '#include "job.pb.h"\n',
    "worker/daemon.h": '#include "worker/messages.h"\n',
    "master/chunks/ids.h": "",
    "master/chunks/size.h": "",
    "master/plan/plan.h": '#include "master/chunks/ids.h"\n',
    "master/plan/plan.cpp": '#include "master/plan/plan.h"\n\n#include "common/base/clock.h"\n',
    "master/crew/host.h": '#include "master/plan/plan.h"\n',
    "master/main.cpp": '#include "master/crew/host.h"\n#include "worker/daemon.h"\n',
}


class Walls(unittest.TestCase):
    def complaints(self, changed):
        with tempfile.TemporaryDirectory() as folder, mock.patch.multiple(
                walls, FLOORS=FLOORS, KNOWS_ONLY=KNOWS_ONLY, KEPT_TO=KEPT_TO, MADE=MADE):
            for name, text in (SOUND | changed).items():
                file = Path(folder, name)
                file.parent.mkdir(parents=True, exist_ok=True)
                file.write_text(text)
            return walls.complaints(Path(folder))

    def expect(self, changed, *sentences):
        self.assertEqual(self.complaints(changed), list(sentences))

    def test_accepts_what_is_sound(self):
        self.expect({})

    def test_an_include_that_runs_up(self):
        self.expect({"master/chunks/size.h": '#include "master/crew/host.h"\n'},
                    "master/chunks/size.h includes master/crew/host.h: master/chunks is on floor "
                    "2, master/crew on floor 4; includes run down only")

    def test_an_include_on_the_same_floor(self):
        self.expect({"master/chunks/size.h": '  #  include  "worker/daemon.h"\n'},
                    "master/chunks/size.h includes worker/daemon.h: master/chunks is on floor 2, "
                    "worker on floor 2; includes run down only",
                    "master/chunks/size.h includes worker/daemon.h: only worker, master/main.cpp "
                    "may")

    def test_the_master_includes_the_worker(self):
        self.expect({"master/crew/host.h": '#include "worker/daemon.h"\n'},
                    "master/crew/host.h includes worker/daemon.h: only worker, master/main.cpp may")

    def test_the_worker_includes_the_master(self):
        self.expect({"worker/messages.h": '#include "master/plan/plan.h"\n'},
                    "worker/messages.h includes master/plan/plan.h: worker is on floor 2, "
                    "master/plan on floor 3; includes run down only")

    def test_a_circle_through_a_source(self):
        self.expect({"worker/messages.cpp": '#include "worker/daemon.h"\n'},
                    "worker/daemon.h includes worker/messages.h, which leads back to it: "
                    "worker/daemon -> worker/messages -> worker/daemon")

    def test_a_circle_of_three(self):
        self.expect({"kernels/a.h": '#include "kernels/b.h"\n',
                     "kernels/b.h": '#include "kernels/c.h"\n',
                     "kernels/c.h": '#include "kernels/a.h"\n'},
                    "kernels/a.h includes kernels/b.h, which leads back to it: "
                    "kernels/a -> kernels/b -> kernels/c -> kernels/a")

    def test_a_folder_without_a_floor(self):
        self.expect({"master/attic/box.h": ""},
                    "master/attic has no floor: give it one in FLOORS of "
                    "tests/conventions/walls.py")

    def test_a_path_that_is_not_from_the_top(self):
        self.expect({"master/plan/plan.h": '#include "ids.h"\n'},
                    "master/plan/plan.h includes ids.h, which is not a file's path from the top, "
                    "nor among MADE of tests/conventions/walls.py",
                    "master/plan/plan.h includes ids.h: master/plan may include only master/plan, "
                    "master/chunks/ids.h, common/base")

    def test_the_plan_may_know_less_than_what_is_below_it(self):
        self.expect({"master/plan/plan.h": '#include "master/chunks/size.h"\n'},
                    "master/plan/plan.h includes master/chunks/size.h: master/plan may include "
                    "only master/plan, master/chunks/ids.h, common/base")

    def test_headers_that_are_kept_to_few(self):
        self.expect({"worker/daemon.h": '#include <CLI/CLI.hpp>\n#include "job.pb.h"\n'},
                    "worker/daemon.h includes CLI/CLI.hpp: only master/cli may",
                    "worker/daemon.h includes job.pb.h: only worker/messages.h may")

    def test_an_empty_folder_is_not_sound(self):
        with tempfile.TemporaryDirectory() as folder:
            self.assertEqual(walls.complaints(Path(folder)), [f"no sources below {folder}"])

    def test_no_room_has_two_floors(self):
        rooms = [room for floor in walls.FLOORS for room in floor]
        self.assertEqual(len(rooms), len(set(rooms)))


if __name__ == "__main__":
    unittest.main()
