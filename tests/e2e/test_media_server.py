"""The media server's link over real sockets: the program, and the simulated server beside it."""
import asyncio
import json
import re
import subprocess
import unittest
import urllib.request
from pathlib import Path

from client import Client
from program import Program, StateFolder, binary, fetch

KEY = "end-to-end-key"


class MediaServer:
    """nightjar-sim-media-server, which is built beside the program."""

    def __init__(self):
        command = [str(Path(binary()).parent / "nightjar-sim-media-server"), "--port", "0", "--control-port", "0", "--api-key", KEY]
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


class TestMediaServer(unittest.IsolatedAsyncioTestCase):
    def setUp(self):
        self.server = MediaServer()
        self.addCleanup(self.server.end)
        folder = StateFolder()
        state = folder.__enter__()
        self.addCleanup(folder.__exit__)
        config = state / "config.toml"
        config.write_text(f'[media_server]\nurl = "{self.server.url}"\napi_key = "{KEY}"\nphoto_on = "pause"\n')
        self.program = Program(state, extra=("--config", str(config), "--verbose"))
        self.addCleanup(self.program.end)

    def link(self) -> dict:
        return json.loads(self.program.get("/api/status")[2])["links"]["mediaServer"]

    async def until(self, holds, what: str, seconds: float = 20):
        for _ in range(int(seconds * 20)):
            if holds():
                return
            await asyncio.sleep(0.05)
        self.fail(f"{what}: {self.link()}")

    async def test_is_told_who_is_there_and_what_they_do(self):
        await self.until(lambda: self.link()["sessions"] == 2, "polled")
        async with Client(self.program.socket_url) as client:
            await self.until(lambda: self.link()["mode"] == "realtime", "the television reports every ten seconds")
            couch = next(session for session in self.server.state()["sessions"] if session["device"] == "Living room")
            self.server.do("sessions", pause=couch["id"])
            told = await client.wait(lambda m: m.get("eventType") == "mediaPlayback")
            self.assertEqual(told["data"]["action"], "paused")
            self.assertEqual(told["data"]["session"]["user"], "bob")
            await client.wait(lambda m: m.get("eventType") == "photo_taken")
        everybody = json.loads(self.program.get("/api/media-server")[2])
        self.assertEqual([user["name"] for user in everybody["users"]], ["ada", "bob"])
        self.assertNotIn(KEY, self.program.said())

    async def test_falls_back_to_polling_and_comes_back(self):
        await self.until(lambda: self.link()["mode"] == "realtime", "realtime")
        self.server.do("faults", refuse_socket=True)
        self.server.do("sockets")
        await self.until(lambda: self.link()["mode"] == "polling", "polling")
        self.assertLess(self.link()["lastUpdateMs"], 2000)
        self.server.do("faults", clear=True)
        await self.until(lambda: self.link()["mode"] == "realtime", "realtime again", 40)
        self.server.do("power", on=False)
        await self.until(lambda: not self.link()["connected"], "lost")
        self.server.do("power", on=True)
        await self.until(lambda: self.link()["connected"], "connected again", 40)


if __name__ == "__main__":
    unittest.main()
