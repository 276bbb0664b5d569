#!/usr/bin/env python3
"""Measures the engine: time per event, cost of the trace, code size, compile time and memory.

Every contender is built with each compiler and level in several layouts (layout.h), checked against a reference, and timed in
interleaved rounds; what is printed is the ratio to the hand-written switch of the same round: its median over the rounds of a
layout, and of those the mean over layouts. [Boost].SML takes part where NIGHTJAR_SML_INCLUDE names a directory with boost/sml.hpp in it, Boost.MSM where
NIGHTJAR_MSM_INCLUDE names the directories with boost/msm and the rest of Boost (separated by colons; 1.83 or later for g++).
"""
import argparse
import collections
import os
import pathlib
import shutil
import statistics
import subprocess
import sys
import tempfile

import tables

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parents[2]
BARS = {"random": 1.05, "traffic": 1.00, "script": 1.00}
TRACE_BAR_NS = 1.6
LAYOUTS = (0, 16, 32, 48)
ROWS = (16, 32, 64, 128, 256)
MSM_ROWS_MAX = 64  # beyond it takes gigabytes to compile


class Engines:
    """Who takes part, and how they are compiled."""

    def __init__(self):
        self.flags = ["-std=c++20", f"-I{ROOT}"]
        self.session = ["null", "switch", "variant", "ours", "typed", "traced"]
        self.tables = ["switch", "variant", "ours", "typed"]
        for name, variable in (("sml", "NIGHTJAR_SML_INCLUDE"), ("msm", "NIGHTJAR_MSM_INCLUDE")):
            if directories := os.environ.get(variable):
                self.flags += [f"-DNIGHTJAR_WITH_{name.upper()}"]
                self.flags += [part for directory in directories.split(":") for part in ("-isystem", directory)]
                self.session.append(f"boost_{name}")
                self.tables.append(f"boost_{name}")

    def command(self, compiler, level, source, out, *more):
        lean = [] if source.stem.startswith("boost_msm") else ["-fno-exceptions", "-fno-rtti"]
        return [compiler, *self.flags, *lean, level, *more, "-ftemplate-depth=2048", "-c", source, "-o", out]

    def for_rows(self, rows):
        return [name for name in self.tables if name != "boost_msm" or rows <= MSM_ROWS_MAX]


def run(command):
    subprocess.run(command, check=True)


def compile_cost(command):
    """CPU seconds and peak megabytes of one compilation."""
    process = subprocess.Popen(command)
    _, status, usage = os.wait4(process.pid, 0)
    if status != 0:
        sys.exit("failed: " + " ".join(map(str, command)))
    return usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024


def timed(binaries, rounds, events):
    """Times of all contenders: {order: {name: [[ns of each round] of each layout]}}, the same index is the same round."""
    times = collections.defaultdict(lambda: collections.defaultdict(list))
    for layout, binary in enumerate(binaries):
        result = subprocess.run([binary, str(rounds), str(events)], capture_output=True, text=True)
        if result.returncode != 0:
            sys.exit(result.stdout.splitlines()[-1])
        for line in result.stdout.splitlines():
            name, order, ns = line.split()
            if len(times[order][name]) <= layout:
                times[order][name].append([])
            times[order][name][layout].append(float(ns))
    return times


def over_layouts(times, name, other, compare):
    """The mean over layouts of the median over rounds of compare(mine, the other's)."""
    return statistics.mean(statistics.median(map(compare, mine, theirs)) for mine, theirs in zip(times[name], times[other]))


def ns(times, name):
    return over_layouts(times, name, name, lambda mine, _: mine)


def ratio(times, name):
    return over_layouts(times, name, "switch", lambda mine, theirs: mine / theirs)


def session_binaries(engines, compiler, level, build):
    main = build / "main.o"
    run(engines.command(compiler, "-O2", HERE / "main.cpp", main))
    for pad in LAYOUTS:
        objects = []
        for name in engines.session:
            objects.append(build / f"{name}.o")
            run(engines.command(compiler, level, HERE / f"{name}.cpp", objects[-1], f"-DLAYOUT_PAD={pad}"))
        run([compiler, *objects, main, "-o", build / f"session{pad}"])
        yield build / f"session{pad}"


def measure_session(engines, compiler, level, build, options, missed):
    times = timed(list(session_binaries(engines, compiler, level, build)), options.rounds, options.events)
    print(f"\n{compiler} {level:4} " + "".join(f"{order:>22}" for order in BARS))
    for name in times["random"]:
        cells = [f"{ns(times[o], name):13.2f} ns {ratio(times[o], name):6.3f}" for o in BARS]
        print(f"  {name:12}" + "".join(cells), flush=True)
    costs = {o: over_layouts(times[o], "ours_traced", "ours", lambda mine, theirs: mine - theirs) for o in BARS}
    print("  the trace costs " + ", ".join(f"{c:.2f}" for c in costs.values()) + " ns per event")
    missed += [f"{compiler} {level} {o}: {r:.3f} > {bar:.2f}" for o, bar in BARS.items() if (r := ratio(times[o], "ours")) > bar]
    missed += [f"{compiler} {level} trace, {o}: {c:.2f} ns > {TRACE_BAR_NS}" for o, c in costs.items() if c > TRACE_BAR_NS]


def measure_tables(engines, compiler, build, options):
    print(f"\n{compiler} -O2, flat tables: ns per event and ratio to the switch")
    for rows in ROWS:
        names = engines.for_rows(rows)
        binaries = []
        for pad in LAYOUTS:
            objects = []
            for name in names:
                source = build / f"{name}_{rows}.cpp"
                source.write_text(tables.source(name, rows))
                objects.append(build / f"{name}.o")
                run(engines.command(compiler, "-O2", source, objects[-1], f"-DLAYOUT_PAD={pad}"))
            contenders = "".join(f"X({name})" for name in names)
            binaries.append(build / f"table{pad}")
            run([compiler, *engines.flags, "-O2", f"-DROWS={rows}", f"-DCONTENDERS={contenders}", HERE / "table_main.cpp", *objects, "-o", binaries[-1]])
        times = timed(binaries, options.rounds, options.events)["table"]
        cells = [f"  {name} {ns(times, name):.2f} {ratio(times, name):.3f}" for name in names]
        print(f"  {rows:4} rows" + "".join(cells), flush=True)


def measure_sizes(engines, compiler, build, missed):
    """Bytes of code and constants of the step function at -Os, without unwinding tables."""
    size = {}
    for name in [n for n in engines.session if n not in ("null", "traced")]:
        out = build / "size.o"
        run(engines.command(compiler, "-Os", HERE / f"{name}.cpp", out, "-DSTEP_ONLY", "-fno-asynchronous-unwind-tables"))
        lines = subprocess.run(["size", "-A", out], check=True, capture_output=True, text=True).stdout.splitlines()
        sections = [line.split() for line in lines if line.startswith((".text", ".rodata"))]
        size[name] = sum(int(section[1]) for section in sections)
    print(f"\n{compiler} -Os, bytes of the step function: " + ", ".join(f"{name} {bytes_}" for name, bytes_ in size.items()), flush=True)
    if "boost_sml" in size and size["ours"] > size["boost_sml"]:
        missed.append(f"{compiler} size: {size['ours']} > {size['boost_sml']}")


def measure_compiling(engines, compiler, build, missed):
    """`typed` is called as [Boost].SML is, by a process() for each event, and is compared with it; `ours` adds the state first."""
    print(f"\n{compiler} -O2, compiling flat tables, CPU s / peak MB" + "".join(f"{rows:>14}" for rows in ROWS))
    empty = build / "empty.cpp"
    empty.write_text(tables.HEAD)
    cost = {("empty", rows): compile_cost(engines.command(compiler, "-O2", empty, build / "big.o")) for rows in ROWS}
    for name in engines.tables:
        for rows in ROWS:
            if name in engines.for_rows(rows):
                source = build / f"{name}_{rows}.cpp"
                source.write_text(tables.source(name, rows))
                cost[name, rows] = min(compile_cost(engines.command(compiler, "-O2", source, build / "big.o")) for _ in range(3 if rows <= MSM_ROWS_MAX else 5))
    for name in ["empty"] + engines.tables:
        print(f"  {name:12}" + "".join(f"{cost[name, r][0]:7.2f} /{cost[name, r][1]:5.0f}" for r in ROWS if (name, r) in cost), flush=True)
    if "boost_sml" in engines.tables:
        for part, unit in ((0, "s"), (1, "MB")):
            mine, theirs = cost["typed", 256][part], cost["boost_sml", 256][part]
            if mine > theirs / 3:
                missed.append(f"{compiler} 256 rows: {mine:.2f} {unit} > a third of {theirs:.2f}")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--cxx", nargs="+", default=[c for c in ("g++", "clang++") if shutil.which(c)])
    parser.add_argument("--levels", nargs="+", default=["-O2", "-O3"])
    parser.add_argument("--rounds", type=int, default=5, help="in each layout")
    parser.add_argument("--events", type=int, default=10_000_000, help="in each order")
    parser.add_argument("--skip", nargs="*", default=[], choices=["session", "tables", "sizes", "compiling"])
    options = parser.parse_args()
    engines = Engines()
    missed = []
    with tempfile.TemporaryDirectory() as directory:
        build = pathlib.Path(directory)
        for compiler in options.cxx:
            if "session" not in options.skip:
                for level in options.levels:
                    measure_session(engines, compiler, level, build, options, missed)
            if "tables" not in options.skip:
                measure_tables(engines, compiler, build, options)
            if "sizes" not in options.skip:
                measure_sizes(engines, compiler, build, missed)
            if "compiling" not in options.skip:
                measure_compiling(engines, compiler, build, missed)
    print("\nbars missed:" if missed else "\nall bars met")
    for line in missed:
        print("  " + line)


if __name__ == "__main__":
    main()
