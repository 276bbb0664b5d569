#!/usr/bin/env python3
"""End-to-end tests of the program over real sockets.

    tests/e2e/run.py --nightjar build/release/nightjar [--jobs N] [word ...]

Each test is a process of its own with a program, a state folder and ports of its own; words select the tests whose names contain one.
"""
import argparse
import concurrent.futures
import io
import logging
import os
import sys
import time
import traceback
import unittest
from pathlib import Path

HERE = Path(__file__).resolve().parent


TIMED_AT_ONCE = 2  # tests that measure milliseconds disturb each other less than the others would


def tests(suite) -> list[unittest.TestCase]:
    found = []
    for item in suite:
        found += tests(item) if isinstance(item, unittest.TestSuite) else [item]
    return found


def run_one(name: str) -> tuple[str, str, list[str], float]:
    """(name, what went wrong, notes, seconds)"""
    begun = time.monotonic()
    logging.getLogger("asyncio").setLevel(logging.ERROR)  # starting a program blocks the loop, and may
    try:
        suite = unittest.defaultTestLoader.loadTestsFromName(name)
        (test,) = list(suite) if isinstance(suite, unittest.TestSuite) else [suite]
        result = unittest.TestResult()
        test.run(result)
        wrong = "".join(text for _, text in result.errors + result.failures)
        if result.skipped:
            wrong += "skipped: " + result.skipped[0][1]
        if wrong and (program := getattr(test, "program", None)):
            wrong += "\nthe program said:\n" + program.said()
        return name, wrong, getattr(test, "notes", []), time.monotonic() - begun
    except BaseException:  # a test that cannot even be loaded has failed
        return name, traceback.format_exc(), [], time.monotonic() - begun


def run_all(chosen: list[str], jobs: int) -> int:
    """Prints each as it ends; how many failed."""
    failures = 0
    with concurrent.futures.ProcessPoolExecutor(jobs) as pool:
        for done in concurrent.futures.as_completed([pool.submit(run_one, name) for name in chosen]):
            name, wrong, notes, seconds = done.result()
            failures += bool(wrong)
            print(f"{'FAIL' if wrong else 'ok  '} {name}  ({seconds:.1f} s)")
            for note in notes:
                print(f"       {note}")
            for line in io.StringIO(wrong):
                print(f"     | {line}", end="" if line.endswith("\n") else "\n")
    return failures


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--nightjar", required=True, help="the program")
    parser.add_argument("--jobs", type=int, default=4, help="tests at once; they mostly wait (default: 4)")
    parser.add_argument("words", nargs="*", help="only tests whose names contain one of these")
    arguments = parser.parse_args()
    os.environ["NIGHTJAR"] = str(Path(arguments.nightjar).resolve())
    if not os.access(os.environ["NIGHTJAR"], os.X_OK):
        parser.error(f"{arguments.nightjar}: no such program")
    sys.path.insert(0, str(HERE))
    sys.stdout.reconfigure(line_buffering=True)

    chosen = [test for test in tests(unittest.defaultTestLoader.discover(str(HERE), "test_*.py"))
              if not arguments.words or any(word in test.id() for word in arguments.words)]
    timed = [test.id() for test in chosen if getattr(test, "timed", False)]
    others = [test.id() for test in chosen if test.id() not in timed]
    failures = run_all(timed, min(arguments.jobs, TIMED_AT_ONCE)) + run_all(others, arguments.jobs)
    print(f"{len(chosen) - failures} passed, {failures} failed")
    return 1 if failures or not chosen else 0


if __name__ == "__main__":
    sys.exit(main())
