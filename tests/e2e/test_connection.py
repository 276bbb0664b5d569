"""The first frames, the status, and what happens to bad clients."""
import json
import re
import uuid
from datetime import datetime, timezone

import websockets

from client import PATIENCE, Client, ProgramTest, error_text
from program import fetch

ISO_UTC_MS = re.compile(r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$")
PARTS = ("camera", "power", "network", "discovery", "intervalometer", "timesync")
CAMERA_FIELDS = ("connected", "ip", "port", "model", "battery", "temperature", "shotsLeft", "lastError", "state", "retryInMs", "attempt", "shutterEndpoint")
MIB = 1 << 20


class Connection(ProgramTest):
    async def test_the_welcome_comes_first_and_at_once_with_every_part(self):
        client = await self.client()
        await client.expect("welcome", 2)
        welcome = client.frames[0]
        self.assertEqual(welcome["type"], "welcome")
        for part in PARTS:
            self.assertIn(part, welcome)
        self.assertTrue(welcome["clientId"])
        self.assertRegex(welcome["timestamp"], ISO_UTC_MS)
        age = datetime.now(timezone.utc) - datetime.fromisoformat(welcome["timestamp"].replace("Z", "+00:00"))
        self.assertLess(abs(age.total_seconds()), PATIENCE)
        self.assertEqual([field for field in CAMERA_FIELDS if field not in welcome["camera"]], [])
        self.assertIsNone(welcome["intervalometer"])

    async def test_the_camera_is_found_and_described(self):
        client = await self.ready_client()
        camera = (await client.status())["camera"]
        self.assertEqual((camera["connected"], camera["state"], camera["ip"], int(camera["port"])), (True, "ready", "127.0.0.1", self.program.camera_port))
        self.assertIn("Canon", camera["model"])
        self.assertIn("/ccapi/", camera["shutterEndpoint"])
        self.assertGreater(camera["shotsLeft"], 0)

    async def test_two_clients_have_ids_of_their_own(self):
        ids = [(await (await self.client()).expect("welcome"))["clientId"] for _ in range(2)]
        self.assertNotEqual(*ids)

    async def test_status_updates_come_every_ten_seconds(self):
        client = await self.ready_client()
        first = await client.expect("status_update", 11)
        second = await client.expect("status_update", 11)
        for status in (first, second):
            self.assertNotIn("clientId", status)
            for part in PARTS:
                self.assertIn(part, status)

    async def test_get_status_and_ping_are_answered(self):
        client = await self.client()
        await client.expect("welcome")
        self.assertIn("camera", await client.status())
        await client.send("ping")
        self.assertRegex((await client.expect("pong"))["timestamp"], ISO_UTC_MS)

    async def test_anything_malformed_is_an_error_and_the_connection_stays(self):
        cases = ["{", "", "null", "[]", "7", '"ping"', "{}", '{"type":7}', '{"type":null,"data":{}}', '{"type":"invalid_type","data":{}}',
                 '{"type":"save_session_as_report","data":[]}', '{"type":"ping","data":{}', "\x00", "[" * 5000]
        for text in cases:
            client = await self.client()
            await client.expect("welcome")
            await client.socket.send(text)
            with self.subTest(text=text[:40]):
                self.assertEqual(error_text(await client.expect("error")), "Invalid message format")
                await client.send("ping")
                await client.expect("pong")
            await client.close()

    async def test_binary_and_broken_utf8_do_not_stop_anybody(self):
        client, other = await self.client(), await self.client()
        await other.expect("welcome")
        await client.socket.send(b"\xff\xfe\x00")
        await other.send("ping")
        await other.expect("pong")

    async def test_ten_bad_messages_in_ten_seconds_are_one_too_many(self):
        client, other = await self.client(), await self.client()
        for _ in range(9):
            await client.socket.send("nonsense")
        await client.send("ping")
        await client.expect("pong")
        self.assertEqual(len(client.all("error")), 9)
        await client.socket.send("nonsense")
        self.assertEqual(await client.closed(), 1008)
        await other.send("ping")
        await other.expect("pong")

    async def test_a_frame_of_one_mebibyte_passes_and_one_byte_more_is_1009(self):
        client = await self.client()
        empty = len(json.dumps({"type": "ping", "data": {"pad": ""}}))
        await client.socket.send(json.dumps({"type": "ping", "data": {"pad": "x" * (MIB - empty)}}))
        await client.expect("pong")
        await client.socket.send(json.dumps({"type": "ping", "data": {"pad": "x" * (MIB - empty + 1)}}))
        self.assertEqual(await client.closed(), 1009)
        await (await self.client()).expect("welcome")

    async def test_a_message_in_fragments_is_one_message(self):
        client = await self.client()

        async def parts():
            for part in ('{"type":"p', 'ing","da', 'ta":{}}'):
                yield part

        await client.socket.send(parts())
        await client.expect("pong")

    async def test_a_foreign_origin_is_refused(self):
        with self.assertRaisesRegex(websockets.InvalidHandshake, "HTTP 403"):
            await Client.open(self.program, origin="http://evil.example")
        client = await self.client(origin=f"http://127.0.0.1:{self.program.port}")
        await client.expect("welcome")

    async def test_health_and_the_page_over_http(self):
        status, _, body = self.program.get("/health")
        health = json.loads(body)
        self.assertEqual((status, health["status"]), (200, "ok"))
        self.assertIn("camera", health)
        self.assertGreaterEqual(health["uptime"], 0)
        status, headers, body = fetch(self.program.url + "/", {"Accept-Encoding": "gzip"})
        self.assertEqual(status, 200)
        self.assertTrue(headers["Content-Type"].startswith("text/html"))
        self.assertEqual(self.program.get("/no/such/thing")[0], 404)
        self.assertEqual(self.program.get("/../../etc/passwd")[0] // 100, 4)

    async def test_the_page_is_not_sent_again_while_it_is_the_same(self):
        _, headers, _ = fetch(self.program.url + "/", {"Accept-Encoding": "gzip"})
        again = fetch(self.program.url + "/", {"Accept-Encoding": "gzip", "If-None-Match": headers["ETag"]})
        self.assertEqual((again[0], again[2]), (304, b""))


class CameraByAddress(ProgramTest):
    async def test_connect_to_ip_reaches_the_camera(self):
        client = await self.ready_client()
        for port in (self.program.camera_port, str(self.program.camera_port)):
            await client.send("connect_to_ip", ip="127.0.0.1", port=port)
            found = await client.expect("discovery_event/cameraConnected")
            self.assertEqual((found["data"]["ip"], int(found["data"]["port"])), ("127.0.0.1", self.program.camera_port))
            self.assertTrue((await client.expect("operation_result"))["success"])

    async def test_connect_to_ip_says_when_nobody_is_there(self):
        client = await self.ready_client()
        await client.send("connect_to_ip", ip="127.0.0.1", port=1)
        self.assertEqual(error_text(await client.expect("error")), "Failed to connect to camera at IP")
        self.assertTrue((await client.status())["camera"]["connected"], "a wrong address does not take the right camera away")

    async def test_connect_to_ip_refuses_what_is_no_address(self):
        client = await self.ready_client()
        for data in ({"ip": "300.1.1.1", "port": 443}, {"ip": "127.0.0.1", "port": 70000}, {"ip": "127.0.0.1", "port": "https"}, {"port": 443}, {"ip": 5, "port": 443}):
            with self.subTest(data=data):
                await client.send("connect_to_ip", **data)
                error_text(await client.expect("error"))


class SessionIds(ProgramTest):
    async def test_a_session_id_is_a_uuid(self):
        client = await self.ready_client()
        session = await client.start(interval=5, shots=2)
        self.assertEqual(str(uuid.UUID(session)), session.lower())
