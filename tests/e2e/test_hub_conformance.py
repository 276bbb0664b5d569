"""RFC 6455 on /hub, by a client that shares no code with it: the Autobahn suite's cases, hostile framing, bad opening handshakes."""
import base64
import contextlib
import os
import struct
import socket
import time
import unittest

import autobahn
from autobahn import FRAMES, OCTETS, Case
from client import Program, StateFolder
from program import socket_to
from raw_socket import BINARY, CLOSE, CONTINUATION, PATIENCE, PING, TEXT, Message, RawSocket, close_frame, frame, fragments

FAST_FAIL = 0.05  # s without a word: what is still fine is waited for
MIB = 1 << 20


class HubTest(unittest.TestCase):
    settings = ""

    def setUp(self):
        state = StateFolder()
        folder = state.__enter__()
        self.addCleanup(state.__exit__, None, None, None)
        config = folder / "settings.toml"
        config.write_text(self.settings)
        self.program = Program(folder / "state", extra=("--config", str(config)), board="generic")
        self.addCleanup(self.program.end)

    def connect(self, **options) -> RawSocket:
        client = RawSocket(self.program.port, **options)
        self.addCleanup(client.end)
        return client

    def hold(self, case: Case):
        with self.subTest(case.number), self.connect() as client:
            pieces = case.sent if case.chop == FRAMES else [b"".join(case.sent)]
            with contextlib.suppress(ConnectionError):   # it may close before it has had everything
                for piece in pieces:
                    client.send(piece, 1 if case.chop == OCTETS else case.chop if isinstance(case.chop, int) else None)
            self.assertEqual(client.messages(len(case.heard)), case.heard)
            if case.closed is None:
                client.send(close_frame(1000))
            code = case.closed or 1000
            (last,) = client.rest()   # one close frame, and then the connection ends
            self.assertEqual(last.opcode, CLOSE)
            self.assertEqual(int.from_bytes(last.payload[:2], "big") if last.payload else 1005, code)

    def hold_all(self, cases, at_least: int):
        count = 0
        for count, case in enumerate(cases, 1):
            self.hold(case)
        self.assertGreaterEqual(count, at_least)


class Autobahn(HubTest):
    def test_1_framing(self):
        self.hold_all(autobahn.framing(), 16)

    def test_2_pings_and_pongs(self):
        self.hold_all(autobahn.pings(), 11)

    def test_3_reserved_bits(self):
        self.hold_all(autobahn.reserved_bits(), 7)

    def test_4_opcodes(self):
        self.hold_all(autobahn.opcodes(), 10)

    def test_5_fragmentation(self):
        self.hold_all(autobahn.fragmentation(), 20)

    def test_6_utf8(self):
        self.hold_all(autobahn.utf8_messages(), 9)
        self.hold_all(autobahn.utf8_sequences(), 132)

    def test_6_4_utf8_fails_fast(self):
        for number, fine, broken in autobahn.fail_fast():
            with self.subTest(number), self.connect() as client:
                client.send(b"".join(fine))
                self.assertTrue(client.silent(FAST_FAIL))
                client.send(b"".join(broken))
                self.assertEqual(client.rest(), [Message(CLOSE, (1007).to_bytes(2, "big"))])

    def test_7_closing(self):
        self.hold_all(autobahn.closing(), 37)


class AutobahnLimits(HubTest):
    settings = "[http]\nmessage_max = 16777216\n[hub]\nqueue_max = 33554432\n"

    def test_9_and_10_limits(self):
        self.hold_all(autobahn.limits(), 43)

    def test_9_7_and_9_8_round_trips(self):
        for number, opcode, payload in autobahn.round_trips():
            with self.subTest(number), self.connect() as client:
                for _ in range(1000):
                    client.send(frame(opcode, payload))
                    self.assertEqual(client.receive(), Message(opcode, payload))


class HostileFraming(HubTest):
    def refused(self, name: str, sent: bytes, code: int):
        with self.subTest(name), self.connect() as client:
            with contextlib.suppress(ConnectionError):
                client.send(sent)
            self.assertEqual(client.rest(), [Message(CLOSE, code.to_bytes(2, "big"))])

    def tearDown(self):
        with self.connect() as client:   # whatever came, the next one is served
            client.send(frame(TEXT, b"still there?"))
            self.assertEqual(client.receive(), Message(TEXT, b"still there?"))

    def test_frames_that_break_the_rules_are_refused(self):
        for name, sent, code in (
                ("not masked", frame(TEXT, b"x", masked=False), 1002),
                ("a control frame's 16-bit length", frame(PING, b"x", length=b"\x7e\0\x01"), 1002),
                ("16 bits for a length of 7", frame(TEXT, b"x" * 5, length=b"\x7e\0\x05"), 1002),
                ("64 bits for a length of 16", frame(TEXT, b"x" * 200, length=b"\x7f" + (200).to_bytes(8, "big")), 1002),
                ("a negative length", frame(BINARY, length=b"\x7f" + b"\xff" * 8), 1002),
                ("a length of 8 EiB", frame(BINARY, b"x", length=b"\x7f\x7f" + b"\xff" * 7), 1009),
                ("a message in which another begins", frame(TEXT, b"a", fin=False) + frame(BINARY, b"b"), 1002),
                ("noise", b"\x00" * 64, 1002),
                ("a request", b"GET / HTTP/1.1\r\nHost: a\r\n\r\n", 1002)):
            self.refused(name, sent, code)

    def test_the_message_limit_is_one_mebibyte_however_it_is_cut(self):
        with self.connect() as client:
            client.send(frame(BINARY, b"x" * MIB))
            self.assertEqual(len(client.receive().payload), MIB)
            client.send(b"".join(fragments(BINARY, *[b"x" * 1024] * 1024)))
            self.assertEqual(len(client.receive().payload), MIB)
        self.refused("in one frame", frame(BINARY, b"x" * (MIB + 1)), 1009)
        self.refused("by its head and one byte", frame(BINARY, b"x", length=b"\x7f" + (MIB + 1).to_bytes(8, "big")), 1009)
        self.refused("in fragments", b"".join(fragments(BINARY, *[b"x" * 1024] * 1025)), 1009)
        self.refused("in fragments without end", frame(TEXT, b"", fin=False) + frame(CONTINUATION, b"x", fin=False) * (MIB + 1), 1009)

    def test_a_flood_of_pings_that_is_not_read_takes_no_memory(self):
        before = self.resident_kib()
        clients = [self.connect(receive_buffer=4096) for _ in range(8)]
        for client in clients:
            client.socket.settimeout(2)
            with contextlib.suppress(TimeoutError):
                client.send(frame(PING, b"p" * 125) * 40_000)   # 5 MB of pongs each
        self.assert_grown_by_less(before, 4096)

    def test_connections_that_break_off_anywhere_leave_nothing(self):
        whole = frame(TEXT, b"Hello") + b"".join(fragments(TEXT, b"a" * 200, b"b")) + frame(PING, b"x")
        before = self.resident_kib()
        for at in range(len(whole)):
            client = self.connect()
            client.send(whole[:at])
            client.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))   # with a reset
            client.end()
        self.assert_grown_by_less(before, 2048)

    def test_a_sender_that_never_reads_its_echoes_is_closed_with_1013(self):
        client = self.connect(receive_buffer=4096)
        for i in range(160):   # 10 MiB: more than the kernels and the queue hold
            client.send(frame(BINARY, i.to_bytes(2, "big") + b"x" * 65534))
        echoes = client.rest()
        self.assertEqual(echoes.pop(), Message(CLOSE, (1013).to_bytes(2, "big") + b"Too slow"))
        self.assertLess(len(echoes), 160)
        self.assertEqual([echo.payload[:2] for echo in echoes], [i.to_bytes(2, "big") for i in range(len(echoes))])

    def assert_grown_by_less(self, before: int, kib: int):
        with open(f"/proc/{self.program.process.pid}/maps") as maps:
            if "libasan" not in maps.read():   # which keeps what is freed
                self.assertLess(self.resident_kib() - before, kib)

    def resident_kib(self) -> int:
        with open(f"/proc/{self.program.process.pid}/status") as status:
            return next(int(line.split()[1]) for line in status if line.startswith("VmRSS"))


KEY = base64.b64encode(bytes(range(16))).decode()
FIELDS = {"Host": "127.0.0.1", "Upgrade": "websocket", "Connection": "Upgrade", "Sec-WebSocket-Version": "13", "Sec-WebSocket-Key": KEY}


class OpeningHandshake(HubTest):
    settings = '[auth]\ntoken = "a long secret"\n[hub]\nclients_max = 2\n'

    def answer(self, request: bytes) -> tuple[int, bytes]:
        """Status and head of what comes back; an answer that does not come is 0."""
        with socket_to(self.program.port) as raw:
            raw.sendall(request)
            head = b""
            while b"\r\n\r\n" not in head and (data := raw.recv(65536)):
                head += data
        return int(head.split()[1]) if head.startswith(b"HTTP/1.1 ") else 0, head

    def ask(self, line: str = "GET /hub?token=a%20long%20secret HTTP/1.1", extra: str = "", **fields) -> tuple[int, bytes]:
        given = FIELDS | {name.replace("_", "-"): value for name, value in fields.items()}
        return self.answer((line + "\r\n" + "".join(f"{name}: {value}\r\n" for name, value in given.items() if value is not None) + extra + "\r\n").encode())

    def test_what_is_no_handshake_is_refused(self):
        for name, status, options in (
                ("as it should be", 101, {}),
                ("names without case, a list of tokens", 101, {"Upgrade": "WebSocket", "Connection": "keep-alive, upgrade"}),
                ("POST", 405, {"line": "POST /hub?token=a%20long%20secret HTTP/1.1", "Content_Length": "0"}),
                ("another path", 404, {"line": "GET /hubs?token=a%20long%20secret HTTP/1.1"}),
                ("HTTP/1.0", 404, {"line": "GET /hub?token=a%20long%20secret HTTP/1.0"}),
                ("no Upgrade", 404, {"Upgrade": None}),
                ("another Upgrade", 404, {"Upgrade": "h2c"}),
                ("no Connection", 404, {"Connection": None}),
                ("Connection: close", 404, {"Connection": "close"}),
                ("no version", 426, {"Sec_WebSocket_Version": None}),
                ("an old version", 426, {"Sec_WebSocket_Version": "8"}),
                ("a later version", 426, {"Sec_WebSocket_Version": "14"}),
                ("no key", 400, {"Sec_WebSocket_Key": None}),
                ("an empty key", 400, {"Sec_WebSocket_Key": ""}),
                ("a short key", 400, {"Sec_WebSocket_Key": base64.b64encode(b"x" * 15).decode()}),
                ("a long key", 400, {"Sec_WebSocket_Key": base64.b64encode(b"x" * 17).decode()}),
                ("a key that is not base64", 400, {"Sec_WebSocket_Key": "!" * 24}),
                ("two keys", 400, {"extra": f"Sec-WebSocket-Key: {KEY}\r\n"}),
                ("no Host", 400, {"Host": None}),
                ("a body", 400, {"Content_Length": "4", "extra": "\r\nbody"}),
                ("a foreign origin", 403, {"Origin": "http://evil.example"}),
                ("its own origin", 101, {"Origin": "http://127.0.0.1"}),
                ("a wrong token", 401, {"line": "GET /hub?token=another HTTP/1.1"}),
                ("no token", 401, {"line": "GET /hub HTTP/1.1"}),
                ("a token in its field", 101, {"line": "GET /hub HTTP/1.1", "Authorization": "Bearer a long secret"}),
                ("a head of 17 KiB", 431, {"Cookie": "x" * (17 << 10)})):
            with self.subTest(name):
                got, head = self.ask(**options)
                self.assertEqual(got, status, head[:200])
                self.assertEqual(b"Sec-WebSocket-Version: 13" in head, status == 426)
                self.assertNotIn(b"long secret", head)

    def test_noise_is_a_bad_request(self):
        for noise in (b"\r\n\r\n\0\0\0\0\r\n\r\n", b"\x16\x03\x01\x02\0\x01\0\x01\xfc\x03\x03" + os.urandom(200) + b"\r\n\r\n", b"GET\r\n\r\n", b"\xff" * 64 + b"\r\n\r\n",
                      b"GET /hub HTTP/1.1\r\nHost: a\r\nUpgrade : websocket\r\n\r\n"):
            with self.subTest(noise=noise[:20]):
                self.assertEqual(self.answer(noise)[0], 400)

    def test_extensions_and_protocols_are_not_taken(self):
        with self.connect(path="/hub?token=a+long+secret".replace("+", "%20"),
                          fields="Sec-WebSocket-Extensions: permessage-deflate\r\nSec-WebSocket-Protocol: chat\r\n") as client:
            client.send(frame(TEXT, b"plain"))
            self.assertEqual(client.receive(), Message(TEXT, b"plain"))

    def test_frames_right_behind_the_handshake_are_heard(self):
        request = "GET /hub HTTP/1.1\r\n" + "".join(f"{name}: {value}\r\n" for name, value in FIELDS.items()) + "Authorization: Bearer a long secret\r\n\r\n"
        with socket_to(self.program.port) as raw:
            raw.sendall(request.encode() + frame(TEXT, b"early") + close_frame(1000))
            received = b""
            while data := raw.recv(65536):
                received += data
        self.assertTrue(received.endswith(b"\r\n\r\n\x81\x05early\x88\x02\x03\xe8"), received)

    def test_past_the_limit_of_clients_the_answer_is_503(self):
        path = "/hub?token=a%20long%20secret"
        first, _ = self.connect(path=path), self.connect(path=path)
        self.assertEqual(self.ask()[0], 503)
        first.send(close_frame(1000))
        first.rest()
        first.end()   # from now on its place is free
        deadline = time.monotonic() + PATIENCE
        while (status := self.ask()[0]) == 503:
            self.assertLess(time.monotonic(), deadline)
        self.assertEqual(status, 101)


if __name__ == "__main__":
    unittest.main()
