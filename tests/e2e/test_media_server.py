"""The media server's link over real sockets: the program, and the simulated server beside it."""
import asyncio
import json
import re
import subprocess
import urllib.request
from pathlib import Path

from client import ProgramTest
from program import binary, fetch

KEY = "end-to-end-key"


class MediaServer:
    """nightjar-sim-media-server, which is built beside the program."""

    def __init__(self):
        command = [str(Path(binary()).with_name("nightjar-sim-media-server")), "--port", "0", "--control-port", "0", "--api-key", KEY]
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        self.control = re.fullmatch(r"Control: (\S+)/state\n", self.process.stdout.readline()).group(1)
        self.url = re.search(r"is ready: (\S+)", self.process.stdout.readline()).group(1)

    def do(self, what: str, **body) -> dict:
        request = urllib.request.Request(f"{self.control}/{what}", json.dumps(body).encode(), method="POST")
        with urllib.request.urlopen(request, timeout=10) as answer:
            return json.loads(answer.read())

    def state(self) -> dict:
        return json.loads(fetch(f"{self.control}/state")[2])

    def end(self):
        self.process.terminate()
        self.process.wait(10)
        self.process.stdout.close()


class MediaServerLink(ProgramTest):
    def start_program(self, **options):
        self.server = MediaServer()
        self.addCleanup(self.server.end)
        config = self.state / "config.toml"
        config.write_text(f'[media_server]\nurl = "{self.server.url}"\napi_key = "{KEY}"\nphoto_on = "pause"\n')
        self.extra_arguments = ("--config", str(config), "--verbose")
        return super().start_program(**options)

    def link(self) -> dict:
        return json.loads(self.program.get("/api/status")[2])["links"]["mediaServer"]

    async def until(self, holds, what: str, seconds: float = 20):
        for _ in range(int(seconds * 20)):
            if holds(self.link()):
                return
            await asyncio.sleep(0.05)
        self.fail(f"{what}: {self.link()}")

    async def test_who_is_there_and_what_they_do_is_told_and_takes_a_photo(self):
        client = await self.ready_client()
        await self.until(lambda link: link["mode"] == "realtime", "the television reports every ten seconds")
        couch = next(session for session in self.server.state()["sessions"] if session["device"] == "Living room")
        self.server.do("sessions", pause=couch["id"])
        told = await client.expect("media_event/mediaPlayback")
        self.assertEqual((told["data"]["action"], told["data"]["session"]["user"]), ("paused", "bob"))
        await client.expect("event/photo_taken")
        everybody = json.loads(self.program.get("/api/media-server")[2])
        self.assertEqual([user["name"] for user in everybody["users"]], ["ada", "bob"])
        self.assertEqual(len(everybody["sessions"]), 2)
        self.assertNotIn(KEY, "\n".join(self.program.lines + self.program.errors))

    async def test_it_is_polled_when_the_websocket_fails_which_comes_back(self):
        await self.until(lambda link: link["mode"] == "realtime", "realtime")
        self.server.do("faults", refuse_socket=True)
        self.server.do("sockets")
        await self.until(lambda link: link["mode"] == "polling" and link["lastUpdateMs"] < 2000, "polling")
        self.server.do("faults", clear=True)
        await self.until(lambda link: link["mode"] == "realtime", "realtime again", 40)
        self.server.do("faults", status=401)
        self.server.do("sockets")
        await self.until(lambda link: link["state"] == "refused", "refused")
        self.assertIn("API Keys", self.link()["error"])
