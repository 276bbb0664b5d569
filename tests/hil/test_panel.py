#!/usr/bin/env python3
"""The program as it ships, a button and a light on the kernel's own pins. Run by `inside`; NIGHTJAR is the program, NIGHTJAR_GPIO_SIM
the chip's folder and NIGHTJAR_GPIO_SIM_CHIP its label."""
import json
import os
import sys
import time
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "e2e"))
from program import Program, StateFolder  # noqa: E402

PINS = Path(os.environ["NIGHTJAR_GPIO_SIM"])
BUTTON, LIGHT = 17, 27
PATIENCE = 30.0  # s; this kernel is slow

BOARD = f"""
[camera]
simulated = true
[button]
chip = "{os.environ["NIGHTJAR_GPIO_SIM_CHIP"]}"
line = {BUTTON}
[led]
chip = "{os.environ["NIGHTJAR_GPIO_SIM_CHIP"]}"
line = {LIGHT}
"""


def finger(down: bool):
    (PINS / f"sim_gpio{BUTTON}" / "pull").write_text("pull-down" if down else "pull-up")


def lit() -> bool:
    return (PINS / f"sim_gpio{LIGHT}" / "value").read_text().strip() == "1"


def press(seconds: float):
    finger(True)
    time.sleep(seconds)  # the finger's own time
    finger(False)


class Panel(unittest.TestCase):
    def setUp(self):
        finger(False)
        folder = StateFolder()
        state = folder.__enter__()
        self.addCleanup(folder.__exit__)
        board = state / "board.toml"
        board.write_text(BOARD)
        self.program = Program(state, board=str(board))
        self.addCleanup(self.program.end)
        self.until(lambda: self.status()["camera"]["connected"], "the camera is connected")

    def status(self) -> dict:
        return json.loads(self.program.get("/api/status")[2])

    def session(self) -> str:
        return (self.status()["intervalometer"] or {"state": "none"})["state"]

    def until(self, true, what: str):
        deadline = time.monotonic() + PATIENCE
        while not true():
            self.assertLess(time.monotonic(), deadline, f"never: {what}\n{self.program.said()}")
            time.sleep(0.02)

    def stays(self, true, seconds: float, what: str):
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            self.assertTrue(true(), what)
            time.sleep(0.05)

    def test_a_press_fires_the_camera_once(self):
        press(0.2)
        self.until(lambda: len(self.program.shots()) == 1, "a photo")
        self.stays(lambda: len(self.program.shots()) == 1, 1, "one photo only")
        self.assertEqual(self.session(), "none")

    def test_a_touch_shorter_than_the_debounce_is_nothing(self):
        for _ in range(20):
            press(0.005)
        self.stays(lambda: self.program.shots() == [], 1, "no photo")

    def test_a_hold_starts_the_intervalometer_and_another_stops_it(self):
        finger(True)
        self.until(lambda: self.session() == "running", "a session runs while the finger is still there")
        finger(False)
        self.until(lambda: len(self.program.shots()) >= 1, "its first photo")
        time.sleep(0.2)
        finger(True)
        self.until(lambda: self.session() == "stopped", "the session has stopped")
        finger(False)
        self.assertEqual(self.status()["intervalometer"]["stats"]["shotsSuccessful"], len(self.program.shots()))

    def test_the_light_winks_and_is_dark_when_the_program_is_killed(self):
        self.until(lit, "the light is lit")
        self.until(lambda: not lit(), "and dark again")
        self.until(lit, "lit")
        self.program.process.kill()
        self.program.process.wait()
        self.assertFalse(lit(), "the line was let go of")


if __name__ == "__main__":
    unittest.main(verbosity=2)
