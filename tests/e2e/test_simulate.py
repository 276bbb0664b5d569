"""Nights on virtual time from the command line, and one that is visited while it goes by."""
import json
import signal
import subprocess
import tempfile
import unittest
from pathlib import Path

from program import LINE_READY, binary, fetch, run_to_end

PATIENCE = 120  # s; a sanitizer build on a busy machine


def simulate(*arguments: str) -> subprocess.CompletedProcess:
    return run_to_end("simulate", *arguments, seconds=PATIENCE)


class Simulate(unittest.TestCase):
    def test_a_night_is_told_and_the_same_seed_is_the_same_night(self):
        first = simulate("--seed", "7", "--hours", "0.2")
        self.assertEqual(first.returncode, 0, first.stdout + first.stderr)
        self.assertIn("every promise was kept", first.stdout)
        self.assertEqual(first.stdout, simulate("--seed", "7", "--hours", "0.2").stdout)
        self.assertNotEqual(first.stdout, simulate("--seed", "8", "--hours", "0.2").stdout)

    def test_a_traced_night_is_lived_again_and_a_changed_step_is_found(self):
        with tempfile.TemporaryDirectory() as folder:
            trace = Path(folder) / "night.trace"
            self.assertEqual(simulate("--seed", "7", "--hours", "0.1", "--trace", str(trace)).returncode, 0)
            again = run_to_end("replay", str(trace), seconds=PATIENCE)
            self.assertEqual(again.returncode, 0, again.stdout + again.stderr)
            self.assertIn("identical", again.stdout)
            text = trace.read_text()
            where = text.index("camera_link", len(text) // 2)
            trace.write_text(text[:where] + "camera_lnik" + text[where + len("camera_lnik"):])
            changed = run_to_end("replay", str(trace), seconds=PATIENCE)
            self.assertEqual(changed.returncode, 1)
            self.assertIn("camera_lnik", changed.stdout)

    def test_a_mistake_is_one_line_and_exit_status_2(self):
        for arguments in (("--seeds", "9..1"), ("--scenario", "/nowhere.toml"), ("--until", "noon"), ("--speed", "4"), ("--serve", "99999"),
                          ("--seeds", "1..2", "--serve", "0"), ("--seeds", "1..2", "--trace", "/dev/null"), ("--serve", "0", "--until", "00:01:00"), ("--for", "1"), ("--again",), ("--as-found",)):
            refused = simulate(*arguments)
            self.assertEqual(refused.returncode, 2, arguments)
            self.assertEqual(refused.stderr.count("\n"), 1, refused.stderr)

    def test_a_night_may_be_visited_while_it_goes_by(self):
        with subprocess.Popen([binary(), "simulate", "--seed", "3", "--serve", "0", "--speed", "100"], stdout=subprocess.PIPE, text=True) as process:
            try:
                said = ""
                while not (ready := LINE_READY.search(said)):
                    line = process.stdout.readline()
                    self.assertTrue(line, said)
                    said += line
                url = ready.group(1)
                self.assertIn(b"<!doctype html", fetch(url + "/")[2].lower())
                uptime = [json.loads(fetch(url + "/api/status")[2])["uptime"] for _ in range(200)]
                self.assertEqual(uptime, sorted(uptime))
                self.assertGreater(uptime[-1], uptime[0], "time goes by in there")
                process.send_signal(signal.SIGTERM)
                self.assertEqual(process.wait(10), 0)
            finally:
                process.kill()
