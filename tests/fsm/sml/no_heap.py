#!/usr/bin/env python3
"""Looks at what an object file wants from others: no memory from a heap, nothing thrown, no run-time type information."""
import re
import subprocess
import sys

FORBIDDEN = r"\b(_Zn[wa]\w*|_Zd[la]\w*|malloc|calloc|realloc|free|__cxa_throw|__cxa_allocate_exception|__dynamic_cast|_ZTI\w*|_ZTV\w*)$"


def main():
    wanted = subprocess.run(["nm", "--undefined-only", sys.argv[1]], check=True, capture_output=True, text=True).stdout.split("\n")
    found = [line.strip() for line in wanted if re.search(FORBIDDEN, line)]
    for line in found:
        print(line)
    print(f"{len(wanted)} symbols wanted, {len(found)} of them forbidden")
    sys.exit(1 if found or len(wanted) < 2 else 0)


if __name__ == "__main__":
    main()
