"""A WebSocket client of /ws, and the test case that keeps a program for it."""
import asyncio
import contextlib
import json
import time
import unittest
from pathlib import Path

import websockets

import described
from program import Program, StateFolder

PATIENCE = 15.0  # s; for what should take no time at all, on a machine that has none


class Client:
    """Frames are kept in order of arrival; `expect` looks on from the last one that was expected."""

    def __init__(self, socket):
        self.socket = socket
        self.frames: list[dict] = []
        self.close_code: int | None = None
        self.undescribed: list[str] = []  # frames that asyncapi.json does not have so
        self._next = 0
        self._changed = asyncio.Condition()
        self._reader = asyncio.create_task(self._read())

    @classmethod
    async def open(cls, program: Program, **options) -> "Client":
        return cls(await websockets.connect(program.socket_url, max_size=None, ping_interval=None, **options))

    async def _read(self):
        with contextlib.suppress(websockets.ConnectionClosed):
            async for text in self.socket:
                frame = json.loads(text)
                self.undescribed += described.wrong_with_frame(frame)
                frame["received"] = time.monotonic()
                async with self._changed:
                    self.frames.append(frame)
                    self._changed.notify_all()
        async with self._changed:
            self.close_code = self.socket.close_code
            self._changed.notify_all()

    async def send(self, kind: str, **data):
        await self.socket.send(json.dumps({"type": kind, "data": data}))

    async def expect(self, kind: str, seconds: float = PATIENCE, where=lambda frame: True) -> dict:
        """The next frame of that kind: "welcome", or "timelapse_event/sessionStarted"."""
        deadline = time.monotonic() + seconds
        async with self._changed:
            while True:
                while self._next < len(self.frames):
                    frame = self.frames[self._next]
                    self._next += 1
                    if kind_of(frame) == kind and where(frame):
                        return frame
                left = deadline - time.monotonic()
                if left <= 0 or self.close_code is not None:
                    seen = [kind_of(frame) for frame in self.frames[-12:]]
                    raise AssertionError(f"no {kind} within {seconds} s (close code {self.close_code}); the last frames: {seen}")
                with contextlib.suppress(asyncio.TimeoutError):
                    await asyncio.wait_for(self._changed.wait(), left)

    async def closed(self, seconds: float = PATIENCE) -> int:
        await asyncio.wait_for(asyncio.shield(self._reader), seconds)
        return self.close_code

    def all(self, kind: str) -> list[dict]:
        return [frame for frame in self.frames if kind_of(frame) == kind]

    async def status(self) -> dict:
        """What get_status answers now."""
        await self.send("get_status")
        return (await self.expect("status"))["data"]

    async def camera_ready(self):
        while not (await self.status())["camera"]["connected"]:
            await self.expect("status_update")

    async def camera_away(self):
        while (await self.status())["camera"]["connected"]:
            await self.expect("status_update")

    async def start(self, **options) -> str:
        """Starts a session, all three frames of it, and gives its id."""
        await self.send("start_intervalometer_with_title", **options)
        started = await self.expect("timelapse_event/sessionStarted")
        result = await self.expect("operation_result")
        assert result["success"] is True, result
        return started["data"]["sessionId"]

    async def close(self):
        await self.socket.close()
        await self._reader
        assert not self.undescribed, "told otherwise than app/page/public/api/asyncapi.json has it:\n" + "\n".join(self.undescribed[:5])


def kind_of(frame: dict) -> str:
    return f"{frame['type']}/{frame['eventType']}" if "eventType" in frame else frame["type"]


def error_text(frame: dict) -> str:
    """The message of an error, which must be the same in both places."""
    assert frame["error"]["message"] == frame["data"]["message"], frame
    assert frame["error"]["code"] == frame["data"]["code"] != "", frame
    return frame["data"]["message"]


class ProgramTest(unittest.IsolatedAsyncioTestCase):
    """Each test has a program, a state folder and, through `client()`, as many clients as it likes."""

    maxDiff = None
    extra_arguments: tuple[str, ...] = ()
    board = "host"
    timed = False  # measures milliseconds: runs while the untimed ones wait

    async def asyncSetUp(self):
        asyncio.get_running_loop().set_debug(False)  # unittest turns it on: it costs time
        self.notes: list[str] = []
        self.state: Path = self.enter(StateFolder())
        self.program = self.start_program()

    def enter(self, manager):
        value = manager.__enter__()
        self.addCleanup(manager.__exit__, None, None, None)
        return value

    def start_program(self, **options) -> Program:
        program = Program(self.state, extra=self.extra_arguments, board=self.board, **options)
        self.addCleanup(program.end)
        return program

    async def client(self, program: Program | None = None, **options) -> Client:
        client = await Client.open(program or self.program, **options)
        self.addAsyncCleanup(client.close)
        return client

    async def ready_client(self, program: Program | None = None) -> Client:
        client = await self.client(program)
        await client.expect("welcome")
        await client.camera_ready()
        return client

    def note(self, text: str):
        self.notes.append(text)
