"""RFC 6455 by hand over a plain socket: a client that can send what no library would, and shares no code with the program."""
import base64
import contextlib
import hashlib
import itertools
import os
import socket
from typing import NamedTuple

CONTINUATION, TEXT, BINARY, CLOSE, PING, PONG = 0, 1, 2, 8, 9, 10
PATIENCE = 20.0  # s
GUID = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"


def frame(opcode: int, payload: bytes = b"", fin: bool = True, reserved: int = 0, masked: bool = True, length: bytes | None = None) -> bytes:
    """As a client sends it; `length` replaces the bytes that tell it."""
    size = len(payload)
    if length is None:
        length = bytes([size]) if size < 126 else b"\x7e" + size.to_bytes(2, "big") if size < 65536 else b"\x7f" + size.to_bytes(8, "big")
    head = bytes([(0x80 if fin else 0) | reserved << 4 | opcode, (0x80 if masked else 0) | length[0]]) + length[1:]
    if not masked:
        return head + payload
    mask = os.urandom(4)
    stream = (mask * (size // 4 + 1))[:size]
    return head + mask + (int.from_bytes(payload, "big") ^ int.from_bytes(stream, "big")).to_bytes(size, "big")


def close_frame(code: int, reason: bytes = b"") -> bytes:
    return frame(CLOSE, code.to_bytes(2, "big") + reason)


def fragments(opcode: int, *parts: bytes) -> list[bytes]:
    """One message in so many frames."""
    return [frame(opcode if i == 0 else CONTINUATION, part, fin=i == len(parts) - 1) for i, part in enumerate(parts)]


class Message(NamedTuple):
    opcode: int
    payload: bytes

    def __repr__(self):
        return f"{self.opcode}:{self.payload[:40]!r}" + (f" ({len(self.payload)} bytes)" if len(self.payload) > 40 else "")


class RawSocket:
    def __init__(self, port: int, path: str = "/hub", fields: str = "", receive_buffer: int | None = None, answers_pings: bool = True):
        """`answers_pings`: those without a payload, the server's heartbeat, are answered and not seen."""
        self.answers_pings = answers_pings
        self.socket = socket.socket()
        if receive_buffer:
            self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_buffer)
        self.socket.settimeout(PATIENCE)
        self.socket.connect(("127.0.0.1", port))
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._received = b""
        key = base64.b64encode(os.urandom(16)).decode()
        self.send(f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                  f"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: {key}\r\n{fields}\r\n".encode())
        while b"\r\n\r\n" not in self._received:
            self._fill()
        head, self._received = self._received.split(b"\r\n\r\n", 1)
        lines = head.decode().split("\r\n")
        answer = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines[1:])}
        accept = base64.b64encode(hashlib.sha1((key + GUID).encode()).digest()).decode()
        assert lines[0].startswith("HTTP/1.1 101 ") and answer["sec-websocket-accept"] == accept, head
        assert answer["upgrade"].lower() == "websocket" and answer["connection"].lower() == "upgrade", head
        assert "sec-websocket-extensions" not in answer and "sec-websocket-protocol" not in answer, "what was not asked for is not given"

    def send(self, data: bytes, chop: int | None = None):
        for at in range(0, len(data), chop or max(1, len(data))):
            self.socket.sendall(data[at:at + (chop or len(data))])

    def _fill(self):
        data = self.socket.recv(1 << 16)
        if not data:
            raise EOFError
        self._received += data

    def _take(self, size: int) -> bytes:
        if len(self._received) < size:
            pieces, have = [self._received], len(self._received)
            while have < size:
                piece = self.socket.recv(min(1 << 20, max(1 << 16, size - have)))
                if not piece:
                    raise EOFError
                pieces.append(piece)
                have += len(piece)
            self._received = b"".join(pieces)
        out, self._received = self._received[:size], self._received[size:]
        return out

    def receive(self) -> Message | None:
        """The next frame, which must be as a server sends it: whole, plain, its length as short as can be. None: the connection has ended."""
        try:
            first, second = self._take(2)
        except EOFError:
            return None
        assert first & 0xF0 == 0x80, f"not one whole frame without extensions: {first:#x}"
        assert second & 0x80 == 0, "a server does not mask"
        size = second
        if second == 126:
            size = int.from_bytes(self._take(2), "big")
            assert size >= 126, "not the shortest length"
        elif second == 127:
            size = int.from_bytes(self._take(8), "big")
            assert size >= 65536, "not the shortest length"
        message = Message(first & 0x0F, self._take(size))
        if not self.answers_pings or message != Message(PING, b""):
            return message
        with contextlib.suppress(ConnectionError):
            self.send(frame(PONG))
        return self.receive()

    def messages(self, count: int) -> list[Message | None]:
        return [self.receive() for _ in range(count)]

    def rest(self) -> list[Message]:
        """All frames until the other end closes the connection."""
        return list(itertools.takewhile(lambda message: message is not None, iter(self.receive, object())))

    def silent(self, seconds: float) -> bool:
        self.socket.settimeout(seconds)
        try:
            self._fill()
            return False
        except TimeoutError:
            return True
        finally:
            self.socket.settimeout(PATIENCE)

    def end(self):
        self.socket.close()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.end()
