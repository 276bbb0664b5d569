"""`nightjar doctor`: what it says of a machine made of files, and of the program that runs."""
import os
import re
import subprocess
import tempfile
import unittest
from pathlib import Path

from client import ProgramTest
from program import binary

LINE = re.compile(r"(works|limited|FAILS) +(\S+(?: \S+)*?)  +(\S.*)")


class Doctor(ProgramTest):
    def ask(self, *arguments: str, status: int, state: str = "state") -> dict[str, tuple[str, str]]:
        """part: (health, what is said of it)"""
        environment = {**os.environ, "DBUS_SYSTEM_BUS_ADDRESS": f"unix:path={self.root}/no-bus"}
        ended = subprocess.run([binary(), "doctor", "--root", str(self.root), "--state", str(self.root / state), *arguments],
                               capture_output=True, text=True, timeout=60, env=environment)
        self.assertEqual((ended.returncode, ended.stderr), (status, ""), ended.stdout)
        title, _, *lines, _, summary = ended.stdout.splitlines()
        self.assertTrue(title.startswith("Nightjar "))
        found = [LINE.fullmatch(line) for line in lines]
        self.assertNotIn(None, found, ended.stdout)
        self.assertEqual(len({match.start(3) for match in found}), 1, "aligned\n" + ended.stdout)
        self.assertEqual(summary.startswith("All that is needed works."), status == 0, summary)
        return {match[2]: (match[1], match[3]) for match in found}

    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.root = Path(folder.name)

    def put(self, path: str, text: str):
        (self.root / path).parent.mkdir(parents=True, exist_ok=True)
        (self.root / path).write_text(text)

    async def test_all_that_is_needed_works(self):
        said = self.ask("--port", "0", status=0)
        self.assertEqual(said["Wi-Fi"], ("limited", "NetworkManager does not run; sudo apt install network-manager"))
        self.assertEqual(said["port 0"], ("works", "is free"))

    async def test_a_pi_without_its_pins(self):
        self.put("proc/device-tree/model", "Raspberry Pi 5 Model B Rev 1.0\0")
        said = self.ask("--port", "0", status=1)
        self.assertIn("this is a Raspberry Pi 5 Model B Rev 1.0", said["board"][1])
        for part in ("button", "light"):
            self.assertEqual(said[part][0], "FAILS")
            self.assertIn("there is no GPIO chip", said[part][1])

    async def test_it_knows_the_program_that_runs_at_its_port(self):
        self.assertEqual(self.ask("--port", str(self.program.port), status=0)[f"port {self.program.port}"], ("works", "Nightjar runs and answers there"))

    async def test_a_port_of_another_program(self):
        health, said = self.ask("--port", str(self.program.camera_port), "--config", str(self.loopback()), status=1)[f"port {self.program.camera_port}"]
        self.assertEqual(health, "FAILS")
        self.assertIn("taken by another program", said)

    def loopback(self) -> Path:
        self.put("loopback.toml", '[http]\naddress = "127.0.0.1"\n')   # where the camera listens
        return self.root / "loopback.toml"

    async def test_a_mistake_in_the_installed_settings(self):
        self.put("etc/nightjar/nightjar.toml", "[camera]\nurl = 3\n")
        health, said = self.ask("--port", "0", status=1)["settings"]
        self.assertEqual(health, "FAILS")
        self.assertIn("line 2: camera.url must be a text", said)

    async def test_a_state_folder_that_cannot_be(self):
        self.put("file", "")
        self.assertEqual(self.ask("--port", "0", status=1, state="file/state")["state folder"][0], "FAILS")


class Usage(unittest.TestCase):
    def test_a_wrong_option_is_one_line(self):
        ended = subprocess.run([binary(), "doctor", "--prot", "1"], capture_output=True, text=True, timeout=60)
        self.assertEqual((ended.returncode, len(ended.stderr.strip().splitlines())), (2, 1), ended.stderr)
