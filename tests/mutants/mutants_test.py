#!/usr/bin/env python3
"""Which mutants does mutants.py make of a line? Too many that don't compile waste minutes each; one
that is never made is a hole nobody looks into."""
import unittest

import mutants


def of(line):
    return [text.strip() for mutate in mutants.MUTATORS for _, text in mutate("  " + line + "\n")]


class Mutants(unittest.TestCase):
    def test_conditions_are_negated(self):
        self.assertIn("if (!(a.empty())) return;", of("if (a.empty()) return;"))
        self.assertIn("if (const int n = f(); !(n < g(1))) {", of("if (const int n = f(); n < g(1)) {"))
        self.assertEqual(of("if (const auto* found = find(id)) use(found);"), [])

    def test_bounds_are_off_by_one(self):
        self.assertEqual(of("return a < b;"), ["return a <= b;"])
        self.assertEqual(of("x = a >= b;"), ["x = a > b;"])
        self.assertEqual(of("y = rows.size() - 1;"), ["y = rows.size();"])
        self.assertEqual(of("std::vector<int> a = b << 1;"), [])

    def test_calls_are_dropped(self):
        for line in ("queue_.clear();", "std::sort(a, b);", "host->dial();", "workers_[k].add(1);",
                     "store(path, std::move(text));  // last"):
            self.assertEqual(of(line), [";"], line)
        for line in ("return f();", "int n(3);", "auto x = f();", "const Lock lock(mutex_);"):
            self.assertEqual(of(line), [], line)

    def test_answers_and_tests_are_turned_round(self):
        self.assertEqual(of("return true;"), ["return false;"])
        self.assertEqual(of("x = a && b;"), ["x = a || b;"])
        self.assertEqual(of("x = a == b;"), ["x = a != b;"])

    def test_texts_and_comments_stay(self):
        self.assertEqual(of('x = "a && b < c";'), [])
        self.assertEqual(of("x = y;  // if a == b"), [])

    def test_a_file_is_read_by_lines(self):
        found = list(mutants.mutants_of("common/base/rate_limit.h"))
        self.assertIn("condition negated", [name for _, name, _ in found])


if __name__ == "__main__":
    unittest.main()
