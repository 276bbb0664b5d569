"""The process itself: how it starts, refuses, ends, and comes back."""
import asyncio
import signal
import socket
import time

from client import PATIENCE, ProgramTest
from program import run_to_end


class Ending(ProgramTest):
    async def test_sigterm_ends_it_cleanly_within_five_seconds(self):
        client = await self.ready_client()
        begun = time.monotonic()
        self.program.signal(signal.SIGTERM)
        code = await asyncio.to_thread(self.program.wait, 5)
        self.note(f"ended {time.monotonic() - begun:.2f} s after SIGTERM")
        self.assertEqual(code, 0, self.program.said())
        self.assertIn(await client.closed(), (1000, 1001))

    async def test_sigterm_in_mid_session_keeps_the_session(self):
        client = await self.ready_client()
        session = await client.start(interval=2, shots=100, title="Interrupted")
        for _ in range(2):
            await client.expect("event/photo_taken")
        self.program.signal(signal.SIGTERM)
        self.assertEqual(await asyncio.to_thread(self.program.wait, 5), 0, self.program.said())
        await self.expect_unsaved(session, 2)

    async def test_kill_in_mid_session_keeps_every_shot_that_was_told(self):
        client = await self.ready_client()
        session = await client.start(interval=1, shots=100, title="Power cut")
        for _ in range(4):
            await client.expect("event/photo_taken")
        self.program.signal(signal.SIGKILL)
        await asyncio.to_thread(self.program.wait, 5)
        await client.closed()
        told = len(client.all("event/photo_taken"))
        again = await self.expect_unsaved(session, told)
        await again.send("save_session_as_report", sessionId=session)
        await again.expect("timelapse_event/reportSaved")
        (report,) = self.program.reports().values()
        self.assertEqual((report["sessionId"], report["title"]), (session, "Power cut"))
        self.assertGreaterEqual(report["results"]["imagesSuccessful"], told)
        self.program.signal(signal.SIGKILL)
        await asyncio.to_thread(self.program.wait, 5)
        third = self.start_program()
        self.assertIsNone((await (await self.client(third)).expect("welcome"))["intervalometer"], "a saved session does not come back")

    async def expect_unsaved(self, session: str, shots: int):
        self.program = self.start_program()
        client = await self.client()
        back = (await client.expect("welcome"))["intervalometer"]
        self.assertIsNotNone(back, "the session is gone")
        self.assertEqual((back["sessionId"], back["unsaved"]), (session, True))
        self.assertNotEqual(back["state"], "running")
        self.assertGreaterEqual(back["stats"]["shotsSuccessful"], shots)
        return client

    async def test_sigint_ends_it_too(self):
        self.program.signal(signal.SIGINT)
        self.assertEqual(await asyncio.to_thread(self.program.wait, 5), 0, self.program.said())

    async def test_a_slow_reader_holds_up_nobody(self):
        slow = socket.create_connection(("127.0.0.1", self.program.port))
        self.addCleanup(slow.close)
        slow.sendall(f"GET /ws HTTP/1.1\r\nHost: 127.0.0.1:{self.program.port}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                     "Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\nSec-WebSocket-Version: 13\r\n\r\n".encode())
        client = await self.ready_client()
        await client.start(interval=1, shots=3)
        await client.expect("timelapse_event/sessionCompleted", 3 + PATIENCE)


class Refusing(ProgramTest):
    def refuses(self, *arguments: str, word: str):
        ended = run_to_end("run", "--board", "host", "--state", str(self.state / "other"), *arguments)
        self.assertEqual(ended.returncode, 2, ended.stderr)
        lines = ended.stderr.strip().splitlines()
        self.assertEqual(len(lines), 1, ended.stderr)
        self.assertIn(word, lines[0])

    async def test_a_port_in_use(self):
        self.refuses("--port", str(self.program.port), word=str(self.program.port))

    async def test_a_value_that_is_none(self):
        for port in ("70000", "-1", "http", ""):
            with self.subTest(port=port):
                self.refuses("--port", port, word="port")

    async def test_a_board_nobody_has(self):
        ended = run_to_end("run", "--board", "nosuch", "--port", "0", "--state", str(self.state / "other"))
        self.assertEqual((ended.returncode, len(ended.stderr.strip().splitlines())), (2, 1), ended.stderr)

    async def test_a_config_that_is_missing_or_broken(self):
        broken = self.state / "broken.toml"
        broken.write_text("this is = = not TOML\n")
        for path in (self.state / "missing.toml", broken):
            with self.subTest(path=path.name):
                self.refuses("--port", "0", "--config", str(path), word=path.name)

    async def test_version_and_help(self):
        for word in ("--version", "--help"):
            ended = run_to_end(word)
            self.assertEqual(ended.returncode, 0)
            self.assertIn("nightjar", ended.stdout.lower())
