#!/usr/bin/env python3
"""Compiles each file of fail/ and wants it refused: with the message after `// expect:` (a regular expression), naming
what `// names:` says, in one error. A finding of verification takes at most ten lines, any other error one more, not counting the list of
including files.

With --pass it first compiles the same header alone, so that a broken header does not look like a success.
"""
import argparse
import pathlib
import re
import subprocess
import sys

LINES_MAX = 10


def letters(pattern_text):
    """'a', ' ', '+' joined: how some compilers print a text in a template argument."""
    return re.sub(r"'(\\?.)'(?:, )?", lambda m: m.group(1), pattern_text)


def run(cxx, include, source):
    return subprocess.run([*cxx.split(), "-std=c++20", "-fsyntax-only", "-fno-diagnostics-color", f"-I{include}", str(source)],
                          capture_output=True, text=True)


def check(cxx, include, source):
    text = source.read_text()
    expect = re.search(r"^// expect: (.*)$", text, re.M).group(1)
    names = re.search(r"^// names: (.*)$", text, re.M).group(1)
    result = run(cxx, include, source)
    said = result.stderr
    if result.returncode == 0:
        return "compiles"
    if not re.search(expect, said):
        return f"does not say /{expect}/:\n{said}"
    if not re.search(names, said) and not re.search(names, letters(said)):
        return f"does not name /{names}/:\n{said}"
    passed_over = r"\s*(In file included from|from )|\d+ errors? generated"
    lines = [l for l in said.splitlines() if l.strip() and not re.match(passed_over, l)]
    if said.count(" error: ") != 1:
        return f"has more than one error:\n{said}"
    if len(lines) > LINES_MAX + ("verify.h" not in said.split("error:")[0]):
        return f"takes {len(lines)} lines:\n{said}"
    return None


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cxx", default="g++")
    parser.add_argument("--include", required=True)
    parser.add_argument("files", nargs="*", type=pathlib.Path)
    options = parser.parse_args()
    here = pathlib.Path(__file__).resolve().parent
    files = options.files or sorted((here / "fail").glob("*.cpp"))
    alone = run(options.cxx, options.include, pathlib.Path(options.include) / "fsm/sml/sml.h")
    if alone.returncode != 0:
        sys.exit("sml.h does not compile by itself:\n" + alone.stderr)
    failed = 0
    for source in files:
        trouble = check(options.cxx, options.include, source)
        print(f"{'FAIL' if trouble else 'ok  '} {source.stem}" + (f": {trouble}" if trouble else ""))
        failed += trouble is not None
    print(f"{len(files) - failed} of {len(files)} refused as they should be")
    sys.exit(1 if failed or not files else 0)


if __name__ == "__main__":
    main()
