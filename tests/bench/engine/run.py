#!/usr/bin/env python3
"""Measures the engine: time per event, code size, compile time and memory, cost of the trace.

Builds every contender with each compiler and level, checks it against the reference, times it in interleaved rounds, and
prints medians of the ratios to the hand-written switch of the same round. [Boost].SML takes part where NIGHTJAR_SML_INCLUDE
names a directory with boost/sml.hpp in it.
"""
import argparse
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parents[2]
FLAGS = ["-std=c++20", "-fno-exceptions", "-fno-rtti", f"-I{ROOT}"]
BARS = {"random": 1.05, "traffic": 1.00, "script": 1.00}


def contenders():
    names = ["null", "switch", "variant", "ours", "typed", "traced"]
    flags = []
    if sml := os.environ.get("NIGHTJAR_SML_INCLUDE"):
        names.append("boost_sml")
        flags += ["-DNIGHTJAR_WITH_SML", "-isystem", sml]
    return names, flags


def compile_and_time(command):
    """CPU seconds and peak megabytes of one compilation."""
    process = subprocess.Popen(command)
    _, status, usage = os.wait4(process.pid, 0)
    if status != 0:
        sys.exit("failed: " + " ".join(map(str, command)))
    return usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024


def speed(compiler, level, names, extra, build, rounds, passes):
    objects = []
    for name in names + ["main"]:
        obj = build / f"{name}.o"
        subprocess.run([compiler, *FLAGS, level, *extra, "-c", HERE / f"{name}.cpp", "-o", obj], check=True)
        objects.append(obj)
    binary = build / "bench"
    subprocess.run([compiler, *objects, "-o", binary], check=True)
    out = subprocess.run([binary, str(rounds), str(passes)], check=True, capture_output=True, text=True).stdout
    table = {}
    for line in out.splitlines():
        parts = line.split()
        if len(parts) == 4 and parts[0] not in ("#", "contender"):
            table[parts[0], parts[1]] = (float(parts[2]), float(parts[3]))
    return table


def sizes(compiler, names, extra, build):
    """Bytes of code and constants of the step function at -Os, without unwinding tables."""
    result = {}
    for name in names:
        obj = build / f"{name}_os.o"
        subprocess.run([compiler, *FLAGS, "-Os", "-DSTEP_ONLY", "-fno-asynchronous-unwind-tables", *extra, "-c", HERE / f"{name}.cpp",
                        "-o", obj], check=True)
        total = 0
        for line in subprocess.run(["size", "-A", obj], check=True, capture_output=True, text=True).stdout.splitlines():
            parts = line.split()
            if parts and (parts[0].startswith(".text") or parts[0].startswith(".rodata")):
                total += int(parts[1])
        result[name] = total
    return result


def big_table(engine, rows):
    """A program with one flat table: rows / 4 states, 8 events, an action per event."""
    states = rows // 4
    out = []
    if engine == "ours":
        out.append('#include "fsm/sml/sml.h"')
    elif engine == "boost_sml":
        out.append("#include <boost/sml.hpp>\nnamespace sml = boost::sml;")
    out.append("extern int sink;")
    for e in range(8):
        out.append(f"struct E{e} {{ int value; }}; struct A{e} {{ void operator()(const E{e}& e) const {{ sink += e.value * {e + 1}; }} }};")
    if engine == "switch":
        out.append("struct M { unsigned char state = 0; };")
        for e in range(8):
            out.append(f"void process(M& m, const E{e}& e) {{ switch (m.state) {{")
            for r in range(rows):
                if r % 8 == e:
                    out.append(f"case {r // 4}: A{e}{{}}(e); m.state = {(r * 7 + 3) % states}; break;")
            out.append("} }")
    else:
        out.append("struct T { %sauto operator()() const { using namespace sml; return make_transition_table(" %
                   ("constexpr " if engine == "ours" else ""))
        lines = []
        for r in range(rows):
            star = "*" if r == 0 else ""
            lines.append(f'{star}"state_{r // 4}"_s + event<E{r % 8}> / A{r % 8}{{}} = "state_{(r * 7 + 3) % states}"_s')
        out.append(",\n".join(lines) + "); } };")
        machine, call = ("sml::machine<T>", "process") if engine == "ours" else ("sml::sm<T>", "process_event")
        for e in range(8):
            out.append(f"void process({machine}& m, const E{e}& e) {{ m.{call}(e); }}")
    return "\n".join(out) + "\n"


def compile_cost(compiler, engines, extra, build, counts):
    result = {}
    for engine in engines:
        for rows in counts:
            source = build / f"{engine}_{rows}.cpp"
            source.write_text(big_table(engine, rows))
            command = [compiler, *FLAGS, "-O2", "-ftemplate-depth=2048", *extra, "-c", source, "-o", build / "big.o"]
            result[engine, rows] = compile_and_time(command)
    return result


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--cxx", nargs="+", default=[c for c in ("g++", "clang++") if shutil.which(c)])
    parser.add_argument("--levels", nargs="+", default=["-O2", "-O3"])
    parser.add_argument("--rounds", type=int, default=9)
    parser.add_argument("--passes", type=int, default=10, help="of a million events each")
    parser.add_argument("--skip", nargs="*", default=[], choices=["speed", "size", "compile"])
    options = parser.parse_args()
    names, extra = contenders()
    missed = []
    with tempfile.TemporaryDirectory() as directory:
        build = pathlib.Path(directory)
        if "speed" not in options.skip:
            print(f"ns per event, and the ratio to the switch (medians of {options.rounds} rounds of {options.passes} million events)")
            for compiler in options.cxx:
                for level in options.levels:
                    table = speed(compiler, level, names, extra, build, options.rounds, options.passes)
                    print(f"\n{compiler} {level:4} " + "".join(f"{order:>20}" for order in BARS))
                    for name in dict.fromkeys(key[0] for key in table):
                        print(f"  {name:12}" + "".join(f"{table[name, o][0]:12.2f} {table[name, o][1]:7.3f}" for o in BARS))
                    for order, bar in BARS.items():
                        if table["ours", order][1] > bar:
                            missed.append(f"{compiler} {level} {order}: {table['ours', order][1]:.3f} > {bar:.2f}")
                    cost = [table["ours_traced", o][0] - table["ours", o][0] for o in BARS]
                    print("  trace on costs " + ", ".join(f"{c:.2f}" for c in cost) + " ns per event")
                    missed += [f"{compiler} {level} trace {o}: {c:.2f} ns > 1.6" for o, c in zip(BARS, cost) if c > 1.6]
        if "size" not in options.skip:
            print("\nbytes of code and constants at -Os (step function)")
            for compiler in options.cxx:
                size = sizes(compiler, [n for n in names if n not in ("null", "traced")], extra, build)
                print(f"  {compiler:8}" + "".join(f"  {name} {bytes_}" for name, bytes_ in size.items()))
                if "boost_sml" in size and size["ours"] > size["boost_sml"]:
                    missed.append(f"{compiler} size: {size['ours']} > {size['boost_sml']}")
        if "compile" not in options.skip:
            counts = [16, 32, 64, 128, 256]
            print("\ncompile time and memory against rows (-O2, CPU s / MB)")
            engines = ["switch", "ours"] + (["boost_sml"] if "boost_sml" in names else [])
            for compiler in options.cxx:
                cost = compile_cost(compiler, engines, extra, build, counts)
                print(f"  {compiler:12}" + "".join(f"{rows:>14}" for rows in counts))
                for engine in engines:
                    print(f"  {engine:12}" + "".join(f"{cost[engine, r][0]:7.2f} /{cost[engine, r][1]:5.0f}" for r in counts))
                if "boost_sml" in engines:
                    for part, unit in ((0, "s"), (1, "MB")):
                        ours, theirs = cost["ours", 256][part], cost["boost_sml", 256][part]
                        if ours > theirs / 3:
                            missed.append(f"{compiler} 256 rows: {ours:.2f} {unit} > a third of {theirs:.2f}")
    print("\nbars missed:" if missed else "\nall bars met")
    for line in missed:
        print("  " + line)


if __name__ == "__main__":
    main()
