"""The cases of RFC 6455 under the numbers that the public Autobahn test suite gives them, for a server that echoes. Written from the RFC and
the suite's published descriptions. Compression (12, 13) is not offered and so not here."""
from typing import Iterator, NamedTuple

from raw_socket import BINARY, CLOSE, CONTINUATION, PING, PONG, TEXT, Message, close_frame, fragments, frame

GREEK = "κ\u1f79σμε".encode()
OCTETS, FRAMES = "octets", "frames"


class Case(NamedTuple):
    number: str
    sent: list[bytes]           # frames
    heard: list[Message]
    closed: int | None = None   # the code the server closes with; None: it is content, and we close with 1000
    chop: str | int | None = None   # how the frames are cut up on the wire; None: all in one write


def hello(opcode: int = TEXT) -> tuple[bytes, Message]:
    return frame(opcode, b"Hello, world!"), Message(opcode, b"Hello, world!")


def framing() -> Iterator[Case]:
    for group, opcode, letter in ((1, TEXT, b"*"), (2, BINARY, b"\xfe")):
        for i, (size, chop) in enumerate(((0, None), (125, None), (126, None), (127, None), (128, None), (65535, None), (65536, None), (65536, 997)), 1):
            yield Case(f"1.{group}.{i}", [frame(opcode, letter * size)], [Message(opcode, letter * size)], chop=chop)


def pings() -> Iterator[Case]:
    odd = bytes([0, 255, 254, 253, 252, 251, 0, 255])
    for i, payload in enumerate((b"", b"Hello, world!", odd, b"\xfe" * 125), 1):
        yield Case(f"2.{i}", [frame(PING, payload)], [Message(PONG, payload)])
    yield Case("2.5", [frame(PING, b"\xfe" * 126)], [], 1002)
    yield Case("2.6", [frame(PING, b"\xfe" * 125)], [Message(PONG, b"\xfe" * 125)], chop=OCTETS)
    yield Case("2.7", [frame(PONG)], [])
    yield Case("2.8", [frame(PONG, b"unsolicited pong payload")], [])
    yield Case("2.9", [frame(PONG, b"unsolicited pong payload"), frame(PING, b"ping payload")], [Message(PONG, b"ping payload")])
    ten = [f"payload-{i}".encode() for i in range(10)]
    for number, chop in (("2.10", None), ("2.11", OCTETS)):
        yield Case(number, [frame(PING, payload) for payload in ten], [Message(PONG, payload) for payload in ten], chop=chop)


def reserved_bits() -> Iterator[Case]:
    sent, heard = hello()
    yield Case("3.1", [frame(TEXT, b"Hello, world!", reserved=1)], [], 1002)
    for bits, chop in ((2, None), (3, FRAMES), (4, OCTETS)):
        yield Case(f"3.{bits}", [sent, frame(TEXT, b"Hello, world!", reserved=bits), frame(PING)], [heard], 1002, chop)
    yield Case("3.5", [frame(BINARY, b"\0\xff" * 4, reserved=5)], [], 1002)
    yield Case("3.6", [frame(PING, b"Hello, world!", reserved=6)], [], 1002)
    yield Case("3.7", [frame(CLOSE, b"\x03\xe8", reserved=7)], [], 1002)


def opcodes() -> Iterator[Case]:
    sent, heard = hello()
    for group, first in ((1, 3), (2, 11)):
        yield Case(f"4.{group}.1", [frame(first)], [], 1002)
        yield Case(f"4.{group}.2", [frame(first + 1, b"reserved opcode payload")], [], 1002)
        for i, chop in ((3, None), (4, None), (5, OCTETS)):
            yield Case(f"4.{group}.{i}", [sent, frame(first + i - 1, b"" if i == 3 else b"reserved opcode payload"), frame(PING)], [heard], 1002, chop)


def fragmentation() -> Iterator[Case]:
    first, second = b"fragment1", b"fragment2"
    two, echo = fragments(TEXT, first, second), Message(TEXT, first + second)
    yield Case("5.1", fragments(PING, first, second), [], 1002)
    yield Case("5.2", fragments(PONG, first, second), [], 1002)
    for i, chop in enumerate((None, FRAMES, OCTETS)):
        yield Case(f"5.{3 + i}", two, [echo], chop=chop)
        yield Case(f"5.{6 + i}", [two[0], frame(PING, b"ping payload"), two[1]], [Message(PONG, b"ping payload"), echo], chop=chop)
        yield Case(f"5.{9 + i}", [frame(CONTINUATION, b"non-continuation payload"), hello()[0]], [], 1002, chop)
        yield Case(f"5.{12 + i}", [frame(CONTINUATION, b"non-continuation payload", fin=False), hello()[0]], [], 1002, chop)
    yield Case("5.15", [*two, frame(CONTINUATION, b"fragment3", fin=False), frame(TEXT, b"fragment4")], [echo], 1002)
    for number, fin in (("5.16", False), ("5.17", True)):
        yield Case(number, [frame(CONTINUATION, first, fin=fin), *fragments(TEXT, second, b"fragment3")] * 2, [], 1002)
    yield Case("5.18", [frame(TEXT, first, fin=False), frame(TEXT, second)], [], 1002)
    parts = [f"fragment{i}".encode() for i in range(1, 6)]
    five = fragments(TEXT, *parts)
    pinged = [*five[:2], frame(PING, b"pongme 1!"), *five[2:4], frame(PING, b"pongme 2!"), five[4]]
    for number, chop in (("5.19", FRAMES), ("5.20", None)):
        yield Case(number, pinged, [Message(PONG, b"pongme 1!"), Message(PONG, b"pongme 2!"), Message(TEXT, b"".join(parts))], chop=chop)


def utf8_messages() -> Iterator[Case]:
    yield Case("6.1.1", [frame(TEXT)], [Message(TEXT, b"")])
    yield Case("6.1.2", fragments(TEXT, b"", b"", b""), [Message(TEXT, b"")])
    yield Case("6.1.3", fragments(TEXT, b"", b"middle frame payload", b""), [Message(TEXT, b"middle frame payload")])
    mixed = "Hello-µ@ßöäüàá-UTF-8!!".encode()
    single = [mixed[i:i + 1] for i in range(len(mixed))]
    yield Case("6.2.1", [frame(TEXT, mixed)], [Message(TEXT, mixed)])
    yield Case("6.2.2", fragments(TEXT, mixed[:12], mixed[12:]), [Message(TEXT, mixed)])
    yield Case("6.2.3", fragments(TEXT, *single), [Message(TEXT, mixed)])
    yield Case("6.2.4", fragments(TEXT, *(GREEK[i:i + 1] for i in range(len(GREEK)))), [Message(TEXT, GREEK)])
    broken = GREEK + b"\xed\xa0\x80edited"
    yield Case("6.3.1", [frame(TEXT, broken)], [], 1007)
    yield Case("6.3.2", fragments(TEXT, *(broken[i:i + 1] for i in range(len(broken)))), [], 1007)


def utf8_sequences() -> Iterator[Case]:
    """6.5 to 6.23: the texts of Markus Kuhn's decoder stress test."""
    missing = [b"\xc0", b"\xe0\x80", b"\xf0\x80\x80", b"\xf8\x80\x80\x80", b"\xfc\x80\x80\x80\x80",
               b"\xdf", b"\xef\xbf", b"\xf7\xbf\xbf", b"\xfb\xbf\xbf\xbf", b"\xfd\xbf\xbf\xbf\xbf"]
    tails = lambda *texts: [bytes.fromhex(text) for text in texts]
    groups = {
        5: [b"hello\x24world", b"hello\xc2\xa2world", b"hello\xe2\x82\xacworld", b"hello\xf0\xa4\xad\xa2world", GREEK],
        6: [GREEK[:i] for i in range(1, len(GREEK) + 1)],
        7: tails("00", "c280", "e0a080", "f0908080"),
        8: tails("f888808080", "fc8480808080"),
        9: tails("7f", "dfbf", "efbfbf", "f48fbfbf"),
        10: tails("f7bfbfbf", "fbbfbfbfbf", "fdbfbfbfbfbf"),
        11: tails("ed9fbf", "ee8080", "efbfbd", "f48fbfbf", "f4908080"),
        12: tails("80", "bf", "80bf", "80bf80", "80bf80bf", "80bf80bf80", "80bf80bf80bf") + [bytes(range(0x80, 0xc0))],
        13: [b"".join(bytes([byte]) + b" " for byte in range(low, high + 1))
             for low, high in ((0xc0, 0xdf), (0xe0, 0xef), (0xf0, 0xf7), (0xf8, 0xfb), (0xfc, 0xfd))],
        14: missing,
        15: [b"".join(missing)],
        16: tails("fe", "ff", "fefeffff"),
        17: tails("c0af", "e080af", "f08080af", "f8808080af", "fc80808080af"),
        18: tails("c1bf", "e09fbf", "f08fbfbf", "f887bfbfbf", "fc83bfbfbfbf"),
        19: tails("c080", "e08080", "f0808080", "f880808080", "fc8080808080"),
        20: tails("eda080", "edadbf", "edae80", "edafbf", "edb080", "edbe80", "edbfbf"),
        21: tails("eda080edb080", "eda080edbfbf", "edadbfedb080", "edadbfedbfbf", "edae80edb080", "edae80edbfbf", "edafbfedb080", "edafbfedbfbf"),
        22: [chr(plane << 16 | end).encode() for plane in range(17) for end in (0xFFFE, 0xFFFF)],
        23: [chr(point).encode() for point in range(0xFFF9, 0x10000)],
    }
    for group, texts in groups.items():
        for i, text in enumerate(texts, 1):
            try:
                text.decode()   # Python's own judgement, strict
                yield Case(f"6.{group}.{i}", [frame(TEXT, text)], [Message(TEXT, text)])
            except UnicodeDecodeError:
                yield Case(f"6.{group}.{i}", [frame(TEXT, text)], [], 1007)


def closing() -> Iterator[Case]:
    sent, heard = hello()
    bye = close_frame(1000)
    yield Case("7.1.1", [sent, bye], [heard], 1000)
    yield Case("7.1.2", [bye, bye], [], 1000)
    yield Case("7.1.3", [bye, frame(PING)], [], 1000)
    yield Case("7.1.4", [bye, sent], [], 1000)
    one, two = fragments(TEXT, b"fragment1", b"fragment2")
    yield Case("7.1.5", [one, bye, two], [], 1000)
    yield Case("7.1.6", [frame(TEXT, b"BAsd7&jh23" * 26214), bye, frame(PING)], [Message(TEXT, b"BAsd7&jh23" * 26214)], 1000)
    yield Case("7.3.1", [frame(CLOSE)], [], 1005)
    yield Case("7.3.2", [frame(CLOSE, b"a")], [], 1002)
    yield Case("7.3.3", [bye], [], 1000)
    yield Case("7.3.4", [close_frame(1000, b"Hello World!")], [], 1000)
    yield Case("7.3.5", [close_frame(1000, b"*" * 123)], [], 1000)
    yield Case("7.3.6", [close_frame(1000, b"*" * 124)], [], 1002)
    yield Case("7.5.1", [close_frame(1000, GREEK + b"\xed\xa0\x80edited")], [], 1007)
    for i, code in enumerate((1000, 1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011, 3000, 3999, 4000, 4999), 1):
        yield Case(f"7.7.{i}", [close_frame(code)], [], code)
    for i, code in enumerate((0, 999, 1004, 1005, 1006, 1016, 1100, 2000, 2999), 1):
        yield Case(f"7.9.{i}", [close_frame(code)], [], 1002)
    for i, code in enumerate((5000, 65535), 1):
        yield Case(f"7.13.{i}", [close_frame(code)], [], 1002)   # the suite leaves it open; the RFC does not know them


def limits() -> Iterator[Case]:
    """They need a message limit of 16 MiB."""
    for group, opcode, letter in ((1, TEXT, b"*"), (2, BINARY, b"\xfe")):
        for i, size in enumerate((64 << 10, 256 << 10, 1 << 20, 4 << 20, 8 << 20, 16 << 20), 1):
            yield Case(f"9.{group}.{i}", [frame(opcode, letter * size)], [Message(opcode, letter * size)])
        for i in range(9):   # 4 MiB in frames of 64 bytes to 4 MiB
            part = 64 << 2 * i
            yield Case(f"9.{group + 2}.{i + 1}", fragments(opcode, *[letter * part] * ((4 << 20) // part)), [Message(opcode, letter * (4 << 20))])
        for i in range(6):   # 1 MiB in writes of 64 to 2048 bytes
            yield Case(f"9.{group + 4}.{i + 1}", [frame(opcode, letter * (1 << 20))], [Message(opcode, letter * (1 << 20))], chop=64 << i)
    text = b"*" * 65536
    yield Case("10.1.1", fragments(TEXT, *(text[i:i + 1300] for i in range(0, len(text), 1300))), [Message(TEXT, text)])


def round_trips() -> Iterator[tuple[str, int, bytes]]:
    """9.7 and 9.8: a thousand messages, each sent when the one before has come back."""
    for group, opcode, letter in ((7, TEXT, b"*"), (8, BINARY, b"\xfe")):
        for i, size in enumerate((0, 16, 64, 256, 1024, 4096), 1):
            yield f"9.{group}.{i}", opcode, letter * size


def fail_fast() -> Iterator[tuple[str, list[bytes], list[bytes]]]:
    """6.4: what is still fine, and what no continuation makes UTF-8; the server does not wait for the rest."""
    good, bad, rest = GREEK, b"\xf4\x90", b"\x80\x80edited"
    start, middle, _ = fragments(TEXT, good, bad, rest)
    yield "6.4.1", [start], [middle]
    start, middle, _ = fragments(TEXT, good + b"\xf4", b"\x90", rest)
    yield "6.4.2", [start], [middle]
    whole = frame(TEXT, good + bad + rest)
    yield "6.4.3", [whole[:-len(bad + rest)]], [whole[-len(bad + rest):-len(rest)]]
    yield "6.4.4", [whole[:-len(rest) - 1]], [whole[-len(rest) - 1:-len(rest)]]
