#!/usr/bin/env python3
"""A guest of a session that is none of ours: session_guest.py URL SESSION_ID DEVICE_ID [--beat]. Each message it gets is a line on
stdout, {"at": seconds, "message": ...}, and its end {"at", "closed": code, "reason"}. It leaves when its stdin ends."""
import asyncio
import json
import sys
import time

import websockets


def say(**what) -> None:
    print(json.dumps({"at": time.monotonic(), **what}), flush=True)


async def beat(socket) -> None:
    while True:
        await asyncio.sleep(1)
        await socket.send(json.dumps({"type": "HEARTBEAT", "timestamp": 0, "payload": {"sent": int(time.monotonic() * 1e6)}}))


async def main() -> None:
    url, session, device = sys.argv[1:4]
    async with websockets.connect(url, ping_interval=None) as socket:
        join = {"sessionId": session, "deviceId": device, "deviceName": device.title(), "version": "1.0.0"}
        await socket.send(json.dumps({"type": "JOIN", "timestamp": int(time.time() * 1000), "payload": join}))
        beating = asyncio.create_task(beat(socket)) if "--beat" in sys.argv else None
        stdin = asyncio.get_running_loop().run_in_executor(None, sys.stdin.read)

        async def read() -> None:
            try:
                async for text in socket:
                    message = json.loads(text)
                    if message["type"] != "HEARTBEAT_ACK":
                        say(message=message)
            except websockets.ConnectionClosed:
                pass

        reading = asyncio.create_task(read())
        await asyncio.wait([reading, asyncio.ensure_future(stdin)], return_when=asyncio.FIRST_COMPLETED)
        if beating:
            beating.cancel()
        if not reading.done():
            await socket.close()
        await reading
        say(closed=socket.close_code, reason=socket.close_reason)


asyncio.run(main())
sys.stdout.flush()
import os  # noqa: E402
os._exit(0)  # stdin may still be read
