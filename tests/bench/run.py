#!/usr/bin/env python3
"""Measures the program as a whole, against a simulated camera in a process of its own.

Prints figures; judges nothing. Needs python3-websockets. Figures that depend on the machine are medians of several runs."""
import argparse
import asyncio
import json
import os
import pathlib
import re
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request

import websockets

ROOT = pathlib.Path(__file__).resolve().parents[2]


class Process:
    """A program that prints a line when it is ready."""

    def __init__(self, command, ready):
        self.began = time.monotonic()
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        self.text = ""
        while not re.search(ready, self.text) and (line := self.process.stdout.readline()):
            self.text += line
        if not re.search(ready, self.text):
            sys.exit(f"{command[0]} ended before it was ready")
        self.ready_after = time.monotonic() - self.began

    def resident_kib(self):
        status = pathlib.Path(f"/proc/{self.process.pid}/status").read_text()
        return int(re.search(r"VmRSS:\s+(\d+)", status).group(1))

    def cpu_s(self):
        fields = pathlib.Path(f"/proc/{self.process.pid}/schedstat").read_text().split()
        return int(fields[0]) / 1e9

    def stop(self):
        self.process.terminate()
        return self.process.wait(10)


def get(url):
    with urllib.request.urlopen(url, timeout=10) as answer:
        return json.loads(answer.read())


def percentile(values, share):
    return sorted(values)[min(len(values) - 1, int(len(values) * share))]


class Bench:
    def __init__(self, program, camera):
        self.program, self.camera_program = program, camera
        self.figures = {}

    def note(self, name, value, unit):
        self.figures[name] = {"value": value, "unit": unit}
        print(f"{name:<58} {value:>10.3f} {unit}", flush=True)

    def start(self):
        self.camera = Process([self.camera_program, "--https", "--listen", "127.0.0.1", "--announce", "127.0.0.1", "--port", "0", "--control-port", "0", "--write", "0.05"], r"is ready")
        url = re.search(r"(https://[\d.:]+)", self.camera.text).group(1)
        self.control = re.search(r"Control: (http://[\d.:]+)", self.camera.text).group(1) + "/sim"
        self.state = tempfile.mkdtemp()
        config = pathlib.Path(self.state, "config.toml")
        config.write_text(f'[http]\nport = 0\naddress = "127.0.0.1"\n[camera]\nurl = "{url}"\n')
        self.device = Process([self.program, "run", "--board", "generic", "--config", str(config), "--state", self.state + "/state"], r"Nightjar is ready")
        self.url = re.search(r"is ready: http://(\S+)", self.device.text).group(1)

    def stop(self):
        self.device.stop()
        self.camera.stop()
        shutil.rmtree(self.state, ignore_errors=True)

    async def connect(self):
        socket = await websockets.connect(f"ws://{self.url}/ws", max_size=None, compression=None)
        welcome = json.loads(await socket.recv())
        while not welcome["camera"]["connected"]:
            message = json.loads(await socket.recv())
            if message["type"] == "status_update":
                welcome = message
        return socket

    @staticmethod
    async def until(socket, kind, event=None):
        while True:
            message = json.loads(await socket.recv())
            if message["type"] == "error":
                sys.exit(f"refused: {message}")
            if message["type"] == kind and event in (None, message.get("eventType")):
                return message

    async def session(self, socket, interval, shots):
        """Runs one session to its end and discards it; gives the presses the camera saw."""
        before = len(get(self.control + "/shots")["shots"])
        await socket.send(json.dumps({"type": "start_intervalometer_with_title", "data": {"interval": interval, "shots": shots}}))
        asked = time.monotonic_ns()
        ended = await self.until(socket, "timelapse_event", "sessionCompleted")
        await socket.send(json.dumps({"type": "discard_session", "data": {"sessionId": ended["data"]["sessionId"]}}))
        await self.until(socket, "timelapse_event", "sessionDiscarded")
        return asked, get(self.control + "/shots")["shots"][before:]

    async def measure(self, shots):
        socket = await self.connect()
        await asyncio.sleep(3)
        self.note("resident memory, idle with one page open", self.device.resident_kib() / 1024, "MiB")
        before = self.device.cpu_s()
        await asyncio.sleep(20)
        self.note("CPU time, idle with one page open", (self.device.cpu_s() - before) / 20 * 1000, "ms/s")

        latencies = []
        for _ in range(100):
            sent = time.monotonic_ns()
            await socket.send(json.dumps({"type": "take_photo"}))
            await self.until(socket, "event", "photo_taken")
            latencies.append((get(self.control + "/shots")["shots"][-1]["monotonic_ns"] - sent) / 1e6)
            await asyncio.sleep(0.12)
        self.note("take_photo to POST at the camera, p50", percentile(latencies, 0.5), "ms")
        self.note("take_photo to POST at the camera, p99", percentile(latencies, 0.99), "ms")

        before = self.device.cpu_s()
        asked, presses = await self.session(socket, 1, shots)
        self.note("start to first POST", (presses[0]["monotonic_ns"] - asked) / 1e6, "ms")
        self.note(f"CPU time per shot (1 s interval, {shots} shots, idle included)", (self.device.cpu_s() - before) / shots * 1000, "ms")
        self.note("resident memory after a session", self.device.resident_kib() / 1024, "MiB")
        errors = [abs((press["monotonic_ns"] - presses[0]["monotonic_ns"]) / 1e6 - 1000 * i) for i, press in enumerate(presses)]
        self.note("shot time error at the camera, p50", percentile(errors, 0.5), "ms")
        self.note("shot time error at the camera, p99", percentile(errors, 0.99), "ms")
        half = len(presses) // 2
        first, second = ([(p["monotonic_ns"] - presses[0]["monotonic_ns"]) / 1e6 - 1000 * i for i, p in list(enumerate(presses))[s]] for s in (slice(0, half), slice(half, None)))
        self.note("drift, median of second half less that of the first", statistics.median(second) - statistics.median(first), "ms")
        self.note("connections the presses came on", len({press["connection"] for press in presses}), "")
        await socket.close()

    def sizes(self):
        with tempfile.TemporaryDirectory() as folder:
            stripped = os.path.join(folder, "nightjar")
            subprocess.run(["strip", "-o", stripped, self.program], check=True)
            self.note("program, stripped", os.path.getsize(stripped) / 2**20, "MiB")

    def starts(self, runs):
        times = []
        for _ in range(runs):
            with tempfile.TemporaryDirectory() as state:
                device = Process([self.program, "run", "--board", "generic", "--port", "0", "--state", state], r"Nightjar is ready")
                times.append(device.ready_after * 1000)
                device.stop()
        self.note(f"start of the program to ready, median of {runs}", statistics.median(times), "ms")


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--program", default=str(ROOT / "build/bench/nightjar"))
    parser.add_argument("--camera", default=None, help="nightjar-sim-camera; default: beside the program")
    parser.add_argument("--shots", type=int, default=120)
    parser.add_argument("--json", help="write the figures there as well")
    options = parser.parse_args()
    camera = options.camera or os.path.join(os.path.dirname(os.path.abspath(options.program)), "nightjar-sim-camera")
    bench = Bench(os.path.abspath(options.program), camera)
    bench.sizes()
    bench.starts(11)
    bench.start()
    try:
        asyncio.run(bench.measure(options.shots))
    finally:
        bench.stop()
    usage = resource.getrusage(resource.RUSAGE_SELF)
    print(f"(the client used {usage.ru_utime + usage.ru_stime:.1f} s of CPU time on the same machine)")
    if options.json:
        pathlib.Path(options.json).write_text(json.dumps(bench.figures, indent=2) + "\n")


if __name__ == "__main__":
    main()
