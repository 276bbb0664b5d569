"""/api/ws/metrics, and a table of good and bad tokens made with PyJWT; what PyJWT refuses to make is put together by hand."""
import asyncio
import base64
import hashlib
import hmac
import json
import subprocess
import time
from urllib.parse import quote

import jwt
import websockets
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from client import ProgramTest
from program import StateFolder, binary

SECRET = "a secret of 32 characters or more"


def part(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def by_hand(header: dict, claims: dict, key: bytes) -> str:
    text = part(json.dumps(header).encode()) + "." + part(json.dumps(claims).encode())
    return text + "." + part(hmac.new(key, text.encode(), hashlib.sha256).digest())


class MetricsTest(ProgramTest):
    async def asyncSetUp(self):
        self.notes = []
        self.state = self.enter(StateFolder())
        self.config = self.state / "settings.toml"
        self.config.write_text(f'[metrics]\nsecret = "{SECRET}"\n')
        self.extra_arguments = ("--config", str(self.config), "--verbose")
        self.program = self.start_program()

    def url(self, token: str | None) -> str:
        return f"ws://127.0.0.1:{self.program.port}/api/ws/metrics" + ("" if token is None else "?token=" + quote(token, safe=""))

    async def outcome(self, token: str | None):
        """The first message, or the code of the close."""
        async with websockets.connect(self.url(token), ping_interval=None) as socket:
            try:
                return json.loads(await asyncio.wait_for(socket.recv(), 10))
            except websockets.ConnectionClosed:
                return socket.close_code


class TestTokens(MetricsTest):
    async def test_good_tokens_are_taken(self):
        now = int(time.time())
        good = {
            "without an end": {"sub": "a"},
            "without a subject": {},
            "an hour to go": {"sub": "a", "exp": now + 3600},
            "since an hour": {"sub": "a", "nbf": now - 3600, "iat": now - 3600, "exp": now + 3600},
            "with claims of others": {"sub": "a", "exp": now + 3600, "roles": ["x", {"y": None}], "name": "Jürgen 🌌"},
            "a fraction of a second": {"sub": "a", "exp": now + 3600.5},
        }
        for name, claims in good.items():
            with self.subTest(name):
                message = await self.outcome(jwt.encode(claims, SECRET, algorithm="HS256"))
                self.assertEqual(message["type"], "metrics")
        with self.subTest("with a header of its own"):
            self.assertEqual((await self.outcome(jwt.encode({"sub": "a"}, SECRET, algorithm="HS256", headers={"kid": "1"})))["type"], "metrics")

    async def test_bad_tokens_are_closed_with_1008(self):
        now = int(time.time())
        good = jwt.encode({"sub": "a", "exp": now + 3600}, SECRET, algorithm="HS256")
        key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
        public = key.public_key().public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
        head, body, signature = good.split(".")
        bad = {
            "none at all": None,
            "empty": "",
            "expired": jwt.encode({"sub": "a", "exp": now - 1}, SECRET, algorithm="HS256"),
            "not yet": jwt.encode({"sub": "a", "nbf": now + 60}, SECRET, algorithm="HS256"),
            "wrong key": jwt.encode({"sub": "a"}, SECRET + "x", algorithm="HS256"),
            "empty key": by_hand({"alg": "HS256"}, {"sub": "a"}, b""),
            "alg none": jwt.encode({"sub": "a"}, None, algorithm="none"),
            "alg none with our signature": by_hand({"alg": "none"}, {"sub": "a"}, SECRET.encode()),
            "alg none put on a good one": part(b'{"alg":"none","typ":"JWT"}') + f".{body}.{signature}",
            "alg none without a signature": part(b'{"alg":"none","typ":"JWT"}') + f".{body}.",
            "HS512": jwt.encode({"sub": "a"}, SECRET, algorithm="HS512"),
            "RS256 with a key pair": jwt.encode({"sub": "a"}, key, algorithm="RS256"),
            "RS256 confusion: our signature": by_hand({"alg": "RS256"}, {"sub": "a"}, SECRET.encode()),
            "RS256 confusion: the public key as the secret": by_hand({"alg": "HS256"}, {"sub": "a"}, public),
            "no alg": by_hand({"typ": "JWT"}, {"sub": "a"}, SECRET.encode()),
            "a critical header": by_hand({"alg": "HS256", "crit": ["b64"], "b64": False}, {"sub": "a"}, SECRET.encode()),
            "truncated": good[:-1],
            "truncated to two parts": f"{head}.{body}",
            "another signature": f"{head}.{body}.{part(bytes(32))}",
            "other claims": f"{head}.{part(json.dumps({'sub': 'root'}).encode())}.{signature}",
            "four parts": good + ".a",
            "10 KB of claims": jwt.encode({"sub": "a" * 10_000}, SECRET, algorithm="HS256"),
            "10 KB of nothing": "a" * 10_000,
            "not base64": "!!!.???.***",
            "padded": f"{head}.{body}.{signature}=",
            "plain base64": f"{head}.{body}.{base64.b64encode(bytes([255] * 32)).decode()}",
            "a line end": good + "\n",
            "claims that are no object": by_hand({"alg": "HS256"}, [1], SECRET.encode()),
            "a time that is none": by_hand({"alg": "HS256"}, {"exp": "tomorrow"}, SECRET.encode()),
            "an infinite time": by_hand({"alg": "HS256"}, {"exp": float("inf")}, SECRET.encode()),
        }
        for name, token in bad.items():
            with self.subTest(name):
                self.assertEqual(await self.outcome(token), 1008)
        self.assertEqual((await self.outcome(good))["type"], "metrics")
        said = "\n".join(self.program.lines + self.program.errors)
        for token in (good, signature, body):
            self.assertNotIn(token, said)

    async def test_the_program_makes_tokens_that_another_library_reads(self):
        made = subprocess.run([binary(), "token", "--subject", "roof", "--ttl", "15m", "--config", str(self.config)], capture_output=True, text=True, timeout=10, check=True)
        token = made.stdout.strip()
        claims = jwt.decode(token, SECRET, algorithms=["HS256"])
        self.assertEqual(claims["sub"], "roof")
        self.assertAlmostEqual(claims["exp"], time.time() + 900, delta=10)
        self.assertEqual((await self.outcome(token))["type"], "metrics")
        for arguments in (["--subject", "a", "--ttl", "soon"], ["--subject", "a", "--ttl", "99999999999d"], ["--subject", "a", "--ttl", "0s"]):
            refused = subprocess.run([binary(), "token", *arguments, "--config", str(self.config)], capture_output=True, text=True, timeout=10, check=False)
            self.assertEqual((refused.returncode, refused.stdout), (2, ""))


class TestMetrics(MetricsTest):
    async def test_metrics_come_at_once_and_every_five_seconds_until_the_token_runs_out(self):
        token = jwt.encode({"sub": "a", "exp": int(time.time()) + 13}, SECRET, algorithm="HS256")
        async with websockets.connect(self.url(token), ping_interval=None) as socket:
            begun = time.monotonic()
            times = []
            try:
                while True:
                    message = json.loads(await asyncio.wait_for(socket.recv(), 20))
                    self.assertEqual(message["type"], "metrics")
                    times.append(time.monotonic() - begun)
            except websockets.ConnectionClosed:
                self.assertEqual(socket.close_code, 1008)
            self.assertGreater(time.monotonic() - begun, 11.5)
            self.assertLess(time.monotonic() - begun, 14.5)
            for wanted, came in zip((0, 5, 10), times, strict=True):
                self.assertAlmostEqual(came, wanted, delta=0.5)

    async def test_the_readings_are_this_computers(self):
        async with websockets.connect(self.url(jwt.encode({}, SECRET, algorithm="HS256")), ping_interval=None) as socket:
            await socket.recv()
            data = json.loads(await asyncio.wait_for(socket.recv(), 10))["data"]
        total = next(int(line.split()[1]) * 1024 for line in open("/proc/meminfo", encoding="ascii") if line.startswith("MemTotal"))
        self.assertEqual(data["memory"]["totalBytes"], total)
        self.assertTrue(0 <= data["cpu"]["usedPercent"] <= 100)
        self.assertTrue(0 < data["disk"]["freeBytes"] <= data["disk"]["totalBytes"])
        self.assertEqual(data["camera"]["connected"], True)
        self.assertIsNone(data["session"])

    async def test_what_readers_say_is_passed_over(self):
        async with websockets.connect(self.url(jwt.encode({}, SECRET, algorithm="HS256")), ping_interval=None) as socket:
            for _ in range(100):
                await socket.send("}not json{" * 100)
            await socket.recv()
            self.assertEqual(json.loads(await asyncio.wait_for(socket.recv(), 10))["type"], "metrics")
