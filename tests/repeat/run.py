#!/usr/bin/env python3
"""The same seed gives the same world in every build: whatever the optimisation, the sanitizers, the compiler.

Usage: run.py [--seeds N] [--hours H] BUILD BUILD...; a BUILD is a folder that cmake has configured. Builds the program `repeat` in each and compares
what it prints; twice in the first build, for a world that does not repeat in one build repeats in none."""
import argparse
import pathlib
import subprocess
import sys


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", type=int, default=2)
    parser.add_argument("--hours", type=int, default=12)
    parser.add_argument("builds", nargs="+", metavar="BUILD")
    options = parser.parse_args()
    for build in options.builds:
        if subprocess.run(["cmake", "--build", build, "--target", "repeat"], stdout=subprocess.DEVNULL).returncode != 0:
            sys.exit(f"{build} cannot be built")
    failed = 0
    for seed in range(1, options.seeds + 1):
        found = {}
        for build in [options.builds[0], *options.builds]:
            program = pathlib.Path(build, "tests/repeat/repeat").resolve()
            ran = subprocess.run([program, str(seed), str(options.hours)], capture_output=True, text=True)
            if ran.returncode != 0:
                sys.exit(f"{program} {seed} ended with {ran.returncode}\n{ran.stderr[-4000:]}")
            found.setdefault(ran.stdout.strip(), []).append(build)
        failed += len(found) != 1
        for line, builds in found.items():
            print(f"seed {seed}: {line}  ({', '.join(builds)})")
    print("every build lives the same nights" if not failed else f"{failed} of {options.seeds} seeds differ")
    return failed != 0


if __name__ == "__main__":
    sys.exit(main())
