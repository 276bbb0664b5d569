#!/usr/bin/env python3
"""Measures the hub beside a hub on Node's `ws` that does the same job, in one run, in turns: server on one core, clients on another.

    tests/bench/hub/run.py --program build/bench/nightjar --load build/bench/tests/bench/hub/hub_load

Prints a table; judges nothing. Deliveries are frames that reached a client, echoes too. "One sender": each message when the one before has
come back to its sender; "8 senders": eight at a time do so. Memory is what the server's resident set grows by with idle connections."""
import argparse
import json
import os
import pathlib
import re
import resource
import subprocess
import sys
import tempfile
import time

HERE = pathlib.Path(__file__).resolve().parent
CLIENTS = (8, 100, 1000, 5000)
SIZES = (128, 4096)
SENDERS = (1, 8)
FILES_MAX = 12_000  # sockets of 5000 clients, with room
SETTLE = 1.0        # s; after the handshakes, before memory is looked at


def pinned(core):
    def pin():
        os.sched_setaffinity(0, {core})
    return pin


class Server:
    def __init__(self, command, ready, core):
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, preexec_fn=pinned(core))
        self.port = None
        for line in self.process.stdout:
            if found := re.search(ready, line):
                self.port = found.group(1)
                break
        if self.port is None:
            sys.exit(f"{command[0]} ended before it was ready")

    def resident_kib(self):
        status = pathlib.Path(f"/proc/{self.process.pid}/status").read_text()
        return int(re.search(r"VmRSS:\s+(\d+)", status).group(1))

    def stop(self):
        self.process.terminate()
        self.process.wait(10)


def measure(server, load, core, clients, size, seconds):
    before = server.resident_kib()
    command = [load, server.port, "/hub", str(server.process.pid), str(clients), str(size), str(seconds), *map(str, SENDERS)]
    run = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, preexec_fn=pinned(core))
    run.stdout.readline()   # connected
    time.sleep(SETTLE)
    memory = (server.resident_kib() - before) / clients
    out, _ = run.communicate("go\n")
    if run.returncode != 0:
        sys.exit("the clients gave up")
    return {"clients": clients, "size": size, "memory_kib": memory, **json.loads(out)}


def row(name, figures):
    cells = [f"{figures['clients']:>5} x {figures['size']:>4} B", f"{name:<8}"]
    for busy in figures["busy"]:
        cells.append(f"{busy['senders']} send: {busy['deliveries_per_s'] / 1000:>7.0f} k/s  {busy['cpu_us']:>6.3f} us CPU  echo {busy['p50_us']:>8.0f} / {busy['p99_us']:>8.0f} us")
    cells.append(f"at rest: echo {figures['rest']['p50_us']:>5.0f} / {figures['rest']['p99_us']:>5.0f} us")
    cells.append(f"{figures['memory_kib']:>6.2f} KiB each")
    print(" | ".join(cells), flush=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--program", required=True)
    parser.add_argument("--load", required=True)
    parser.add_argument("--seconds", type=float, default=2)
    parser.add_argument("--clients", type=int, nargs="+", default=CLIENTS)
    parser.add_argument("--only", choices=("nightjar", "ws"))
    parser.add_argument("--json", help="write the figures there as well")
    options = parser.parse_args()
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    if hard != resource.RLIM_INFINITY and hard < FILES_MAX:
        sys.exit(f"needs {FILES_MAX} open files, the limit is {hard}")
    resource.setrlimit(resource.RLIMIT_NOFILE, (FILES_MAX, hard))
    cores = sorted(os.sched_getaffinity(0))
    if len(cores) < 2:
        sys.exit("needs two cores")
    subprocess.run(["npm", "ci", "--no-audit", "--no-fund", "--loglevel=error"], cwd=HERE, check=True)

    with tempfile.TemporaryDirectory() as state:
        config = pathlib.Path(state, "settings.toml")
        config.write_text(f'[http]\naddress = "127.0.0.1"\nconnections_max = {FILES_MAX}\n[hub]\nclients_max = {FILES_MAX}\n')
        servers = {"nightjar": ([os.path.abspath(options.program), "run", "--board", "generic", "--port", "0", "--config", str(config), "--state", state + "/state"], r"ready: http://\S+:(\d+)"),
                   "ws": (["node", str(HERE / "ws_hub.mjs")], r"ready (\d+)")}
        figures = {name: [] for name in servers}
        for clients in options.clients:
            for size in SIZES:
                for name, (command, ready) in servers.items():
                    if options.only not in (None, name):
                        continue
                    server = Server(command, ready, cores[0])   # a new one each time: nothing is left of the last
                    try:
                        time.sleep(SETTLE)
                        figures[name].append(measure(server, options.load, cores[1], clients, size, options.seconds))
                    finally:
                        server.stop()
                    row(name, figures[name][-1])
                if options.only is None:
                    ours, theirs = figures["nightjar"][-1]["busy"], figures["ws"][-1]["busy"]
                    print("  ratios to ws: " + "; ".join(
                        f"{a['senders']} send: {a['deliveries_per_s'] / b['deliveries_per_s']:.2f} x deliveries, {a['cpu_us'] / b['cpu_us']:.2f} x CPU" for a, b in zip(ours, theirs)), flush=True)
    if options.json:
        pathlib.Path(options.json).write_text(json.dumps(figures, indent=2) + "\n")


if __name__ == "__main__":
    main()
