"""What systemd sees: that the service is ready, turns, and stops; and what comes with the package, held against the program."""
import asyncio
import os
import re
import signal
import socket
import subprocess
import tomllib
import unittest
from pathlib import Path

from client import PATIENCE, ProgramTest
from program import Program, binary, run_to_end

PROJECT = Path(__file__).resolve().parents[2]
PACKAGE = PROJECT / "boards" / "debian"


class Notifying(ProgramTest):
    def notified_program(self, watchdog_s: float) -> tuple[Program, socket.socket]:
        path = self.state / "notify"
        heard = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.addCleanup(heard.close)
        heard.bind(str(path))
        heard.settimeout(PATIENCE)
        program = Program(self.state / "service", env={**os.environ, "NOTIFY_SOCKET": str(path), "WATCHDOG_USEC": str(int(watchdog_s * 1e6))})
        self.addCleanup(program.end)
        return program, heard

    async def test_it_says_when_it_is_ready_that_it_turns_and_that_it_stops(self):
        program, heard = self.notified_program(0.4)
        self.assertEqual(heard.recv(4096).decode(), f"READY=1\nSTATUS=Serving {program.url}")
        for _ in range(3):
            self.assertEqual(heard.recv(4096), b"WATCHDOG=1")
        program.signal(signal.SIGTERM)
        self.assertEqual(await asyncio.to_thread(program.wait, 5), 0, program.said())
        rest = []
        heard.setblocking(False)
        while not rest or rest[-1] != b"":
            try:
                rest.append(heard.recv(4096))
            except BlockingIOError:
                rest.append(b"")
        self.assertTrue([text for text in rest if text.startswith(b"STOPPING=1")], rest)

    async def test_a_process_that_hangs_does_not_feed_the_watchdog(self):
        program, heard = self.notified_program(0.4)
        for _ in range(2):
            heard.recv(4096)
        program.signal(signal.SIGSTOP)
        heard.settimeout(0.2)
        with self.assertRaises(TimeoutError):
            while True:  # what was on its way
                heard.recv(4096)
        heard.settimeout(1.0)
        with self.assertRaises(TimeoutError):
            heard.recv(4096)
        program.signal(signal.SIGCONT)
        heard.settimeout(PATIENCE)
        self.assertEqual(heard.recv(4096), b"WATCHDOG=1")


def keys(text: str) -> set[str]:
    return {f"{section}.{key}" for section, table in tomllib.loads(text).items() for key in table}


class Packaged(unittest.TestCase):
    settings = (PACKAGE / "nightjar.toml").read_text()
    every = re.sub(r"(?m)^#(?=\w+ = )", "", settings)

    def test_every_setting_is_there_as_the_readme_has_it(self):
        readme = re.search(r"## Settings.*?```toml\n(.*?)```", (PROJECT / "README.md").read_text(), re.S)[1]
        self.assertEqual(keys(self.every), keys(readme))

    def test_it_sets_nothing_and_each_line_of_it_is_taken(self):
        self.assertEqual(keys(self.settings), set())
        for text in (self.settings, self.every):
            ended = subprocess.run([binary(), "doctor", "--board", "generic", "--port", "0", "--state", "/tmp", "--config", "/dev/stdin"],
                                   input=text, capture_output=True, text=True, timeout=60)
            self.assertRegex(ended.stdout, r"works +settings +/dev/stdin can be read")

    def test_the_man_page_has_every_command_and_option(self):
        page = (PACKAGE / "nightjar.1").read_text().replace("\\-", "-")
        self.assertGreater(len(commands()), 5)
        for command in [[], *commands()]:
            self.assertIn(command[-1] if command else "nightjar", page)
            for option in options(command):
                self.assertIn(option, page, f"nightjar {' '.join(command)}")

    def test_the_polkit_rule_is_for_its_user_and_its_errands_only(self):
        script = """
            const polkit = {Result: {YES: "yes", NOT_HANDLED: "not handled"}, addRule: rule => polkit.rule = rule};
            eval(require("fs").readFileSync(0, "utf8"));
            for (const [user, id] of [["nightjar", "org.freedesktop.NetworkManager.wifi.scan"], ["nightjar", "org.freedesktop.timedate1.set-time"],
                                      ["nightjar", "org.freedesktop.login1.reboot"], ["pi", "org.freedesktop.NetworkManager.wifi.scan"]])
              console.log(polkit.rule({id}, {user}));"""
        ended = subprocess.run(["node", "-e", script], input=(PACKAGE / "polkit.rules").read_text(), capture_output=True, text=True, timeout=60)
        self.assertEqual(ended.stdout.splitlines(), ["yes", "yes", "not handled", "not handled"], ended.stderr)

    def complete(self, *words: str) -> list[str]:
        script = f'. "$1"; shift; PATH="{Path(binary()).parent}:$PATH"; COMP_WORDS=(nightjar "$@"); COMP_CWORD=$#; _nightjar; printf "%s\\n" "${{COMPREPLY[@]}}"'
        ended = subprocess.run(["bash", "-c", script, "bash", str(PACKAGE / "bash-completion"), *words], capture_output=True, text=True, timeout=60, cwd=PROJECT)
        self.assertEqual(ended.stderr, "")
        return ended.stdout.split()

    def test_completion_knows_the_commands_and_their_options(self):
        self.assertEqual(self.complete("do"), ["doctor"])
        self.assertEqual(set(self.complete("")), {command[0] for command in commands()})
        self.assertEqual(set(self.complete("session", "")), {command[1] for command in commands() if len(command) == 2})
        self.assertEqual(self.complete("run", "--sta"), ["--state"])
        self.assertEqual(self.complete("machines", "--format", "m"), ["mermaid"])
        self.assertEqual(self.complete("run", "--board", "pi-"), ["pi-3", "pi-4", "pi-5"])
        self.assertEqual(self.complete("run", "--config", "CMakeL"), ["CMakeLists.txt"])


def options(command: list[str]) -> set[str]:
    return set(re.findall(r"(?m)^  (?:-\w,)?(--[a-z-]+)", run_to_end(*command, "--help").stdout))


def commands(of: tuple[str, ...] = ()) -> list[list[str]]:
    """As the program tells them: [["run"], ["session"], ["session", "host"], ...]"""
    listed = run_to_end(*of, "--help").stdout.partition("Subcommands:")[2]
    found = []
    for name in re.findall(r"(?m)^  ([a-z-]+) ", listed):
        found += [[*of, name], *commands((*of, name))]
    return found
