#!/usr/bin/env python3
"""Is every term of deep zoom's bounds held by a test? Each mutant leaves one out, or makes it too
small, and names the test that has to fail. Counts would hardly tell: with bounds a thousand times
too small nearly all stay right. What no test can see is in docs/deep.md, "Terms without a test".

Not mutants.py, which draws lines at random and tells a shrunken term by no rule; and not CMake's
mutants of the simulator: each of these is a header of templates, so its test is compiled anew.

  tests/mutants/bounds.py             all, some 15 s each on a CPU; exit code 1 if one lives
  tests/mutants/bounds.py NAME ...    these
  tests/mutants/bounds.py --check     only whether each still fits its source

Works in build/bounds, needs g++, GoogleTest, GMP, MPFR and Highway. When a line is rewritten, --check
(a test of its own) fails until its mutant is, too.
"""
import argparse
import os
import re
import shutil
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

ROOT = os.path.realpath(os.path.join(os.path.dirname(__file__), "../.."))
FOLDER = os.path.join(ROOT, "build/bounds")
TESTS = "tests/unit/kernels/deep"
FLAGS = ["-std=c++20", "-O1", "-w", "-ffp-contract=off", "-DMANDEL_HAVE_DEEP", "-DMANDEL_HAVE_SIMD",
         "-DHWY_SHARED_DEFINE"]
LIBRARIES = ["-lgtest_main", "-lgtest", "-lhwy", "-lmpfr", "-lgmpxx", "-lgmp", "-lpthread"]

STEP = "OfAMove/*.AStepKeepsTheDisc"
TINY_STEP = "OfAMove/*.ATinyStepKeepsTheDisc"
REBASE = "OfAMove/*.ARebaseKeepsTheDisc"
TEST = "OfAMove/*.ATestIsRightForAllOfTheDisc"
JUMP = "OfAMove/*.AJumpKeepsTheDisc"


@dataclass
class Mutant:
    name: str
    file: str  # in kernels/deep
    text: str  # exactly once there
    replacement: str
    test: str  # that has to fail


MUTANTS = [
    # Along an orbit: rung.h
    Mutant("step_without_its_growth", "rung.h", "(sqrt(z_square) * (2 * kUp) +", "(sqrt(z_square) +", STEP),
    Mutant("step_without_the_error_squared", "rung.h", " + spot.error * kUp) * spot.error +", ") * spot.error +", STEP),
    Mutant("step_without_its_rounding", "rung.h", "(size_up(spot.delta) * 6.5 + size", "(size", STEP),
    Mutant("step_without_d", "rung.h", "* kUnit<R> + d_error(d);", "* kUnit<R>;", STEP),
    Mutant("step_of_rounded_bounds", "rung.h", "kUp = 1 + 0x1p-48", "kUp = 1", STEP),
    Mutant("step_without_what_underflows", "rung.h", "size = std::max(size, kDFloor)", "size = std::max(size, 0.0)",
           TINY_STEP),
    Mutant("step_without_the_d_left_out", "rung.h", ": d_max_ * 1.01;", ": B(0.0);", STEP),
    Mutant("rebase_without_the_sum", "rung.h", "(size_up(z) * 2.2 + size_up", "(size_up", REBASE),
    Mutant("rebase_without_the_reference", "rung.h", " + size_up(spot.delta) * 1.2) * kUnit<R>;", ") * kUnit<R>;", REBASE),
    Mutant("rebase_of_a_rounded_sum", "rung.h", "(spot.error + rounding) * kUp;", "spot.error + rounding;", REBASE),
    Mutant("rebase_without_the_end", "rung.h", "!reference_.last_error.is_zero()", "false", REBASE),
    Mutant("test_with_any_error", "rung.h", "if (!(spot.error < kErrorMax)) return std::nullopt;", "", "OfAMove/*.ALargeErrorDecidesNothing"),
    Mutant("test_without_the_disc", "rung.h", "B doubt = (spot.error + 4.2) * spot.error;", "B doubt(0.0);", TEST),
    Mutant("test_with_half_the_disc", "rung.h", "(spot.error + 4.2) * spot.error;", "(spot.error + 3.6) * spot.error;", TEST),
    Mutant("test_without_rounding", "rung.h", "doubt = doubt + 64 * u;", "", TEST),
    Mutant("test_without_the_product", "rung.h", " + size * 24 + size * size * 6) * u;", " + size * size * 6) * u;", TEST),
    Mutant("test_without_the_error_of_the_reference", "rung.h", "doubt + bound_of<B>(near->error) +", "doubt +", TEST),
    # Jumps: rung.h, jump_builder.h
    Mutant("jump_without_its_growth", "rung.h", "(jump.size * (spot.error + s * rounding)", "(jump.size * (s * rounding)", JUMP),
    Mutant("jump_without_rounding", "rung.h", "(spot.error + s * rounding) + jump.k", "(spot.error) + jump.k", JUMP),
    Mutant("jump_without_the_remainder", "rung.h", " + jump.k * s * s) * kUp;", ") * kUp;", JUMP),
    Mutant("jump_whose_s_lacks_the_error", "rung.h", "(size_up(spot.delta) + spot.error + jump.g) * kUp;",
           "(size_up(spot.delta) + jump.g) * kUp;", JUMP),
    Mutant("jump_whose_s_lacks_d", "rung.h", " + spot.error + jump.g) * kUp;", " + spot.error) * kUp;", JUMP),
    Mutant("jump_without_the_d_left_out", "rung.h", "spot.error = spot.error + jump.size * jump.g * kUp;", "{}", JUMP),
    Mutant("jump_whose_factors_are_exact", "jump_builder.h", "return is_rounded ? 1.1 : error_of_merging(steps);",
           "return is_rounded ? 1.1 : 0;", JUMP),
    Mutant("jump_beyond_its_radius", "jumps.h", "if (!(size <= jump.radius)) break;", "", JUMP),
    Mutant("jump_whose_radius_is_for_delta_alone", "rung.h",
           "jumps_.find(spot.m, size_up(spot.delta) + spot.error, max_iter - spot.n);",
           "jumps_.find(spot.m, size_up(spot.delta), max_iter - spot.n);", JUMP),
    Mutant("jump_from_the_start_beyond_its_radius", "jumps.h", "return size <= one.jump.radius && one.steps", "return one.steps", JUMP),
    Mutant("one_step_without_g", "jump_builder.h", "jump.g = d_max_ / size_low * kUp;", "", JUMP),
    Mutant("one_step_without_k", "jump_builder.h", "jump.k = B(1.0);", "jump.k = B(0.0);", JUMP),
    Mutant("one_step_that_may_escape", "jump_builder.h", "at_least_0(std::min(escape, accuracy) * kDown)",
           "at_least_0(accuracy * kDown)", JUMP),
    Mutant("merged_without_the_first_remainder", "jump_builder.h", "(y.size * x.k + y.k * x.size", "(y.k * x.size", JUMP),
    Mutant("merged_without_the_second_remainder", "jump_builder.h", "(y.size * x.k + y.k * x.size * x.size * kSlack)",
           "(y.size * x.k)", JUMP),
    Mutant("merged_whose_first_part_is_linear", "jump_builder.h", "kSlack = 1 + 0x1p-9", "kSlack = 1", JUMP),
    Mutant("merged_without_the_first_g", "jump_builder.h", "std::max(x.g, (b_size + y.g) / x_low * kUp)",
           "((b_size + y.g) / x_low * kUp)", JUMP),
    Mutant("merged_without_the_second_g", "jump_builder.h", "(b_size + y.g) / x_low", "(b_size) / x_low", JUMP),
    Mutant("merged_without_b", "jump_builder.h", "(b_size + y.g) / x_low", "(y.g) / x_low", JUMP),
    Mutant("merged_without_the_first_radius", "jump_builder.h", "std::min(std::min(x.radius, into_y), growth)",
           "std::min(into_y, growth)", JUMP),
    Mutant("merged_without_the_second_radius", "jump_builder.h", "std::min(std::min(x.radius, into_y), growth)",
           "std::min(x.radius, growth)", JUMP),
    Mutant("merged_whose_second_radius_does_not_shrink", "jump_builder.h", "y.radius / (x.size * kSlack) * kDown", "y.radius", JUMP),
    # Numbers: pair.h, wide.h
    Mutant("product_of_leading_parts", "pair.h", "product.lo + (a.hi * b.lo + a.lo * b.hi)", "product.lo + a.hi * b.lo", STEP),
    Mutant("sum_of_leading_parts", "pair.h", "high.lo + low.hi", "high.lo", STEP),
    Mutant("sum_that_forgets_too_early", "wide.h", "if (apart > 110) return a;", "if (apart > 90) return a;", STEP),
    Mutant("triple_of_fewer_bits", "triple.h", "mpfr_prec_t kBits = 190;", "mpfr_prec_t kBits = 187;", STEP),
    Mutant("triple_whose_exponents_end", "triple.h", "mpfr_set_emin(mpfr_get_emin_min());", "", "Triple.*"),
    # The vectors' step: group-inl.h
    Mutant("vector_without_its_growth", "group-inl.h", "hn::MulAdd(z_size, set(2 * kUp),", "hn::MulAdd(z_size, set(1),", "Pixels.*"),
    Mutant("vector_without_the_error_squared", "group-inl.h", "hn::Mul(error, set(kUp)))", "set(0.0))", "Pixels.*"),
    Mutant("vector_without_its_rounding", "group-inl.h", "set(6.6 * u)", "set(0.0)", "Pixels.*"),
    Mutant("vector_without_delta_squared", "group-inl.h", "set(1.3 * u)", "set(0.0)", "Pixels.*"),
    Mutant("vector_without_d", "group-inl.h", "d_error_[lane] = rung_.d_error(pixel.d);", "d_error_[lane] = 0;", "Pixels.*"),
    Mutant("vector_that_sees_no_error", "group-inl.h", "hn::Lt(next_error, set(Rung<R, double>::kErrorMax))",
           "hn::Ge(z_square, set(0.0))", "Pixels.*"),
    Mutant("vector_that_never_rebases", "group-inl.h", "plain = hn::And(plain, hn::Ge(z_square, square));", "", "Pixels.*"),
    # The ball and the reference
    Mutant("ball_without_its_growth", "ball.cpp", "size_ * Wide(2 * kUp) +", "size_ +", "Ball.HoldsTheTruePoint"),
    Mutant("ball_without_rounding", "ball.cpp", "* error_ + rounding_;", "* error_;", "Ball.HoldsTheTruePoint"),
    Mutant("ball_that_decides_with_any_error", "ball.cpp", "if (error_ > kErrorMax) return Where::kUndecided;", "",
           "Ball.SaysNothing*"),
    Mutant("ball_without_the_discs_square", "ball.cpp", "(size_ * 2 + error_) * error_ * kUp +", "", "Ball.HoldsTheTruePoint"),
    Mutant("reference_with_any_error", "reference.cpp",
           "if (ball_.error() > ball_.size() * Wide(1.0, -error_bits_)) return Built::kNeedsBits;", "", "Reference.*"),
    Mutant("reference_that_ends_too_early", "reference.cpp", "reference_.last_error = ball_.size() + ball_.error();",
           "reference_.last_error = ball_.error();", "Reference.*"),
    Mutant("reference_that_ends_with_no_error", "reference.cpp", "reference_.last_error = ball_.size() + ball_.error();",
           "reference_.last_error = ball_.size();", "Reference.*"),
    Mutant("reference_exactly_on_the_circle", "reference.cpp", "ball_.square_minus_4_error() + rounding", "rounding", "Reference.*"),
    Mutant("reference_near_the_circle_that_is_not_rounded", "reference.cpp", "ball_.square_minus_4_error() + rounding",
           "ball_.square_minus_4_error()", "Reference.*"),
    Mutant("reference_of_triples_with_the_error_of_pairs", "reference.cpp", "error_bits_(has_triples ? kErrorBitsOfTriples : kErrorBits)",
           "error_bits_(kErrorBits)", "Reference.*"),
]

# What each test is made of, besides kernels/deep: for headers of templates it alone is compiled anew.
SOURCES = {"OfAMove": "worst_case_test", "Pixels": "pixels_test", "Ball": "ball_test", "Reference": "ball_test", "Triple": "triple_test"}


# Headers that one source compiles, not a test.
COMPILED_IN = {"group-inl.h": "kernels/deep/pixels.cpp"}


def source_of(mutant):
    """Of its test."""
    return f"{TESTS}/{SOURCES[re.match(r'[A-Za-z]+', mutant.test)[0]]}.cpp"


def misfits():
    for mutant in MUTANTS:
        with open(os.path.join(ROOT, "kernels/deep", mutant.file), encoding="utf-8") as file:
            found = file.read().count(mutant.text)
        if found != 1:
            yield f"mutant {mutant.name}: this is {found} times in kernels/deep/{mutant.file}: {mutant.text}"
        test = mutant.test.partition(".")[2]
        with open(os.path.join(ROOT, source_of(mutant)), encoding="utf-8") as file:
            if not re.search(r"TEST\w*\(\w+,\s*" + test.replace("*", r"\w*") + r"\)", file.read()):
                yield f"mutant {mutant.name}: there is no test {mutant.test}"


def compiled(tree, source, output):
    subprocess.run(["g++", *FLAGS, "-I", tree, "-c", os.path.join(tree, source), "-o", output], check=True)


def objects():
    """Of the unbroken sources."""
    deep = [f"kernels/deep/{name}" for name in os.listdir(os.path.join(ROOT, "kernels/deep")) if name.endswith(".cpp")]
    tests = [f"{TESTS}/{name}.cpp" for name in sorted(set(SOURCES.values()))]
    made = {source: os.path.join(FOLDER, os.path.basename(source) + ".o") for source in deep + tests}
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        list(pool.map(lambda source: compiled(ROOT, source, made[source]), made))
    return made


def run(made, test_source, gtest_filter, broken, program):
    """Its exit status. The broken object comes first: the linker takes its templates."""
    others = [made[source] for source in made if not source.startswith("tests/") or source == test_source]
    broken_names = [os.path.basename(one) for one in broken]
    others = [one for one in others if os.path.basename(one) not in broken_names]
    subprocess.run(["g++", *broken, *others, "-o", program, *LIBRARIES], check=True)
    try:
        return subprocess.run([program, "--gtest_brief=1", f"--gtest_filter={gtest_filter}"], check=False, timeout=300,
                              stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL).returncode
    except subprocess.TimeoutExpired:
        return None


def is_noticed(mutant, made):
    tree = os.path.join(FOLDER, mutant.name)
    shutil.copytree(os.path.join(ROOT, "kernels"), os.path.join(tree, "kernels"), dirs_exist_ok=True)
    shutil.copytree(os.path.join(ROOT, TESTS), os.path.join(tree, TESTS), dirs_exist_ok=True)
    path = os.path.join(tree, "kernels/deep", mutant.file)
    with open(path, encoding="utf-8") as file:
        text = file.read()
    with open(path, "w", encoding="utf-8") as file:
        file.write(text.replace(mutant.text, mutant.replacement))
    test_source = source_of(mutant)
    compiled_here = COMPILED_IN.get(mutant.file, f"kernels/deep/{mutant.file}")
    source = test_source if compiled_here.endswith(".h") else compiled_here
    broken = os.path.join(tree, os.path.basename(source) + ".o")
    compiled(tree, source, broken)
    noticed = run(made, test_source, mutant.test, [broken], os.path.join(tree, "test")) != 0
    shutil.rmtree(tree)
    return noticed


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("names", nargs="*", metavar="NAME", help="only these")
    parser.add_argument("--check", action="store_true", help="only whether each fits its source")
    options = parser.parse_args()
    if found := list(misfits()):
        sys.exit("\n".join(found))
    if options.check:
        print(f"{len(MUTANTS)} mutants fit.")
        return 0
    chosen = [mutant for mutant in MUTANTS if not options.names or mutant.name in options.names]
    os.makedirs(FOLDER, exist_ok=True)
    made = objects()
    for source in sorted(set(SOURCES.values())):
        if run(made, f"{TESTS}/{source}.cpp", "*", [], os.path.join(FOLDER, source)) != 0:
            sys.exit(f"bounds: {source} fails without any mutant")
    living = []
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        for mutant, noticed in zip(chosen, pool.map(lambda one: is_noticed(one, made), chosen)):
            print(f"{'noticed' if noticed else 'LIVES':>8}  {mutant.name}", flush=True)
            living += [] if noticed else [mutant.name]
    print(f"\n{len(chosen) - len(living)} of {len(chosen)} were noticed.")
    return 1 if living else 0


if __name__ == "__main__":
    sys.exit(main())
