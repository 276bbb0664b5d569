#!/usr/bin/env python3
"""Runs every fuzzer of a build folder for a while over its corpus. The corpus in the tree is read, never written."""
import argparse
import os
import pathlib
import subprocess
import sys
import tempfile

parser = argparse.ArgumentParser(description=__doc__)
parser.add_argument("--build", required=True)
parser.add_argument("--seconds", type=int, default=10)
options = parser.parse_args()

here = pathlib.Path(__file__).resolve().parent
fuzzers = sorted(path for path in pathlib.Path(options.build).rglob("*_fuzz") if os.access(path, os.X_OK) and path.is_file())
failed = []
for fuzzer in fuzzers:
    corpus = here / "corpus" / fuzzer.name.removesuffix("_fuzz")
    with tempfile.TemporaryDirectory() as found:
        command = [fuzzer, f"-max_total_time={options.seconds}", "-max_len=4096", "-print_final_stats=1", f"-artifact_prefix={found}/", found]
        run = subprocess.run(command + ([corpus] if corpus.is_dir() else []), capture_output=True, text=True)
        runs = [line.split()[-1] for line in run.stderr.splitlines() if "number_of_executed_units" in line]
        print(f"{fuzzer.name:<28} {runs[0] if runs else '?':>10} inputs  {'ok' if run.returncode == 0 else 'FAILED'}", flush=True)
        if run.returncode != 0:
            failed.append(fuzzer.name)
            print(run.stderr[-6000:])
print(f"{len(fuzzers) - len(failed)} passed, {len(failed)} failed")
sys.exit(1 if failed or not fuzzers else 0)
