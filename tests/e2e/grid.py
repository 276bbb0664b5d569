"""Were the shots on time? Measured at the camera, on the machine's monotonic clock.

No shot is ever early, so the punctual one of them shows where the grid lies, and the others are late by what they are behind it.
"""
import json
import subprocess
import sys

LIMIT = 0.020  # s; each POST within 20 ms of start + n x interval


def slots(shots: list[dict], interval: float) -> list[int]:
    """The grid slot each shot belongs to."""
    first = shots[0]["monotonic_ns"]
    return [round((shot["monotonic_ns"] - first) / 1e9 / interval) for shot in shots]


def errors(shots: list[dict], interval: float) -> list[float]:
    """Seconds each shot is late for its slot."""
    behind = [shot["monotonic_ns"] / 1e9 - slot * interval for shot, slot in zip(shots, slots(shots, interval))]
    return [late - min(behind) for late in behind]


WATCH = """
import json, select, sys, time
stalls = []
before = time.monotonic()
while not select.select([sys.stdin], [], [], 0.002)[0]:
    now = time.monotonic()
    if now - before > 0.007:
        stalls.append((before, now))
    before = now
print(json.dumps(stalls))
"""


class Witness:
    """A process that wakes every two milliseconds. When it could not, the machine was busy elsewhere, and no program could have been on time."""

    def __enter__(self):
        self._process = subprocess.Popen([sys.executable, "-c", WATCH], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        return self

    def __exit__(self, *_):
        self.stalls = json.loads(self._process.communicate("")[0])

    def late_at(self, moment: float) -> float:
        """The longest time the machine stood still within a tenth of a second of `moment` (s, monotonic)."""
        return max((end - begin for begin, end in self.stalls if begin < moment + 0.1 and end > moment - 0.1), default=0.0)


def check(test, shots: list[dict], interval: float, witness: Witness):
    """Asserts the 20 ms, gives the machine its own lateness, and reports both figures."""
    off = errors(shots, interval)
    allowed = [LIMIT + witness.late_at(shot["monotonic_ns"] / 1e9) for shot in shots]
    worst = max(off)
    mean = sum(off) / len(off)
    test.note(f"shot time error over {len(off)} shots: mean {mean * 1e3:.2f} ms, worst {worst * 1e3:.2f} ms; "
              f"the machine itself stood still for up to {(max(allowed) - LIMIT) * 1e3:.1f} ms around them")
    late = [f"shot {n}: {error * 1e3:.1f} ms" for n, (error, limit) in enumerate(zip(off, allowed)) if error > limit]
    test.assertEqual(late, [], "off the grid")
