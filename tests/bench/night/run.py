#!/usr/bin/env python3
"""How much faster than real time a night lives in the simulated world, with TLS and without, and where its time goes.

The night: 12 h, a shot every 30 s, one camera, two phones, every protocol the shipped one; one core. The breakdown is by sampling: night_bench
notes its call stack as the profiling timer strikes, nm says what is there, and a sample belongs to the innermost part found in it, so that
the memory a part takes and the bytes it copies are counted to it. Prints figures; judges nothing. Needs nm (binutils)."""
import argparse
import bisect
import collections
import json
import pathlib
import re
import subprocess
import tempfile

ROOT = pathlib.Path(__file__).resolve().parents[3]

# The innermost frame that one of these matches names the part. A library by its file, code by its symbol.
PARTS = [
    (r"libmbed|nightjar::net::.*(Tls|tls)|mbedtls_", "TLS"),
    (r"libjpeg|camera::(Sky|night_sky|Darkroom|Canvas|Landscape)", "pictures"),
    (r"nlohmann::", "JSON of camera, driver and clients"),
    (r"nightjar::app::Json|app::.*_json|app::(status|photo_taken|welcome|timelapse_event|event|iso_utc)", "the device's messages"),
    (r"libhttp_parser|libllhttp|nightjar::net::(Http|format_re|has_token|is_writable|is_field)|net::\(anonymous namespace\)::Client", "HTTP"),
    (r"libwslay|nightjar::net::(WebSocket|Utf8|format_frame|mask)", "WebSocket"),
    (r"nightjar::sim::(camera::|Camera)", "camera"),
    (r"nightjar::sim::(Connection|Network|Stack|TcpStream|Link)", "network"),
    (r"nightjar::sim::(Timeline|World|VirtualLoop|Task)", "time line"),
    (r"nightjar::sim::Phone", "phones"),
    (r"nightjar::sim::", "disk, clocks, log"),
    (r"nightjar::canon::", "camera driver"),
    (r"nightjar::(app|fsm)::|sml::", "machines and wiring"),
    (r"nightjar::net::", "other protocol code"),
    (r"nightjar::bench::", "the benchmark itself"),
]


class Symbols:
    """Addresses to names, of the program by nm, of libraries by their file."""

    def __init__(self, program, maps):
        self.ranges = []
        for line in maps:
            fields = line.split()
            low, high = (int(x, 16) for x in fields[0].split("-"))
            self.ranges.append((low, high, int(fields[2], 16), fields[5] if len(fields) > 5 else ""))
        self.program = str(pathlib.Path(program).resolve())
        listing = subprocess.run(["nm", "-C", "--defined-only", "-n", program], capture_output=True, text=True, check=True).stdout
        self.symbols = [(int(m.group(1), 16), m.group(2)) for m in re.finditer(r"^([0-9a-f]+) [tTwWvV] (.*)$", listing, re.M)]
        self.starts = [start for start, _ in self.symbols]

    def name(self, address):
        for low, high, offset, path in self.ranges:
            if low <= address < high:
                if path != self.program:
                    return path
                at = bisect.bisect_right(self.starts, address - low + offset) - 1
                return self.symbols[at][1] if at >= 0 else ""
        return ""


def breakdown(program, tls, nights):
    with tempfile.NamedTemporaryFile("r") as file:
        run_night(program, tls, nights, ["--samples", file.name])
        lines = file.read().splitlines()
    symbols = Symbols(program, [line[4:] for line in lines if line.startswith("map ")])
    parts, of_address = collections.Counter(), {}
    for line in lines:
        if not line.startswith("at"):
            continue
        part = "rest"
        for frame in line.split()[1:]:
            if frame not in of_address:
                name = symbols.name(int(frame, 16))
                of_address[frame] = next((what for pattern, what in PARTS if re.search(pattern, name)), None)
            if of_address[frame]:
                part = of_address[frame]
                break
        parts[part] += 1
    return parts


def run_night(program, tls, nights, more=()):
    command = [program, "--nights", str(nights), *([] if tls else ["--no-tls"]), *more]
    return json.loads(subprocess.run(command, capture_output=True, text=True, check=True).stdout)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--program", default=str(ROOT / "build/bench/tests/bench/night/night_bench"))
    parser.add_argument("--nights", type=int, default=7, help="the figure is their median")
    parser.add_argument("--json", help="write the figures there as well")
    options = parser.parse_args()
    figures = {}
    for tls in (True, False):
        name = "with TLS" if tls else "without TLS"
        figures[name] = night = run_night(options.program, tls, options.nights)
        parts = breakdown(options.program, tls, 3 * options.nights)
        night["parts"] = {part: count / sum(parts.values()) for part, count in parts.most_common()}
        print(f"A night of 12 h {name}: {night['seconds'] * 1000:.0f} ms of processor time, {night['times_real_time']:,} times real time, {night['events']:,} events".replace(",", " "))
        for part, share in night["parts"].items():
            print(f"    {part:<40} {share * 100:5.1f} %  {share * night['seconds'] * 1000:6.1f} ms")
    if options.json:
        pathlib.Path(options.json).write_text(json.dumps(figures, indent=2) + "\n")


if __name__ == "__main__":
    main()
