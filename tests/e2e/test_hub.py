"""The hub as its users meet it: many at once, by Debian's Python `websockets`, which has its own opinion of every frame."""
import asyncio
import signal
import time

import websockets

from client import PATIENCE, ProgramTest
from raw_socket import BINARY, CLOSE, PING, PONG, TEXT, Message, RawSocket, frame

PING_EVERY, PONG_MAX = 5, 10  # s


class Hub(ProgramTest):
    async def join(self, **options):
        socket = await websockets.connect(f"ws://127.0.0.1:{self.program.port}/hub", max_size=None, ping_interval=None, **options)
        self.addAsyncCleanup(socket.close)
        return socket

    async def hear(self, socket, count: int) -> list:
        return [await asyncio.wait_for(socket.recv(), PATIENCE) for _ in range(count)]

    async def test_text_and_binary_come_back_to_the_sender_and_to_all_others(self):
        guests = [await self.join() for _ in range(20)]
        said = ["grüße", b"\0\xff", "", b"", "x" * 125, b"y" * 126, "z" * 65536, b"w" * (1 << 20)]
        for message in said:
            await guests[3].send(message)
        for guest in guests:
            self.assertEqual(await self.hear(guest, len(said)), said)

    async def test_everybody_hears_everything_in_the_same_order(self):
        guests = [await self.join() for _ in range(10)]

        async def talk(number):
            for i in range(200):
                await guests[number].send(f"{number} {i}")

        await asyncio.gather(*map(talk, range(10)))
        heard = [await self.hear(guest, 2000) for guest in guests]
        self.assertTrue(all(one == heard[0] for one in heard))
        for number in range(10):
            self.assertEqual([text for text in heard[0] if text.startswith(f"{number} ")], [f"{number} {i}" for i in range(200)])

    async def test_fragments_with_a_ping_between_them_are_one_message(self):
        guest, other = await self.join(), await self.join()

        async def parts():
            yield "in "
            await asyncio.wait_for(await guest.ping(), PATIENCE)
            yield "two"

        await guest.send(parts())
        for one in (guest, other):
            self.assertEqual(await self.hear(one, 1), ["in two"])

    async def test_one_that_answers_pings_stays_and_one_that_does_not_goes_after_ten_seconds(self):
        alive = await self.join()
        begun = time.monotonic()
        silent = RawSocket(self.program.port, answers_pings=False)
        self.addCleanup(silent.end)
        heard = await asyncio.to_thread(lambda: (silent.receive(), time.monotonic(), silent.receive(), time.monotonic()))
        ping, pinged_at, close, closed_at = heard
        self.assertEqual(ping, Message(PING, b""))
        self.assertAlmostEqual(pinged_at - begun, PING_EVERY, delta=1)
        self.assertEqual(close, Message(CLOSE, (1011).to_bytes(2, "big") + b"No pong"))
        self.assertAlmostEqual(closed_at - begun, PONG_MAX, delta=1)
        await asyncio.sleep(3)
        await alive.send("still here")
        self.assertEqual(await self.hear(alive, 1), ["still here"])

    async def test_a_slow_reader_delays_nobody_and_is_closed_with_1013(self):
        guests = [await self.join() for _ in range(3)]
        slow = RawSocket(self.program.port, receive_buffer=4096)
        self.addCleanup(slow.end)
        for i in range(160):   # 10 MiB
            message = i.to_bytes(2, "big") + b"x" * 65534
            await guests[0].send(message)
            for guest in guests:
                self.assertEqual(await self.hear(guest, 1), [message])
        got = await asyncio.to_thread(slow.rest)
        self.assertEqual(got[-1], Message(CLOSE, (1013).to_bytes(2, "big") + b"Too slow"))
        self.assertEqual([message.payload[:2] for message in got[:-1]], [i.to_bytes(2, "big") for i in range(len(got) - 1)], "in order, up to there")
        self.assertLess(len(got), 160)

    async def test_all_are_told_when_the_program_stops(self):
        guests = [await self.join() for _ in range(5)]
        self.program.signal(signal.SIGTERM)
        for guest in guests:
            await asyncio.wait_for(guest.wait_closed(), PATIENCE)
            self.assertEqual(guest.close_code, 1001)
        self.assertEqual(await asyncio.to_thread(self.program.wait, 5), 0)
