"""The uplink against servers not written here: Node's ws, and nginx in front of another Nightjar."""
import datetime
import ipaddress
import json
import subprocess
import time
import urllib.request
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from client import ProgramTest
from program import Program, StateFolder, binary, fetch
from servers import Nginx, NodeServer, free_port, wait_for

SECRET = "a secret of 32 characters or more"
TOKEN = "let-me-in"
DAY = datetime.timedelta(days=1)


class UplinkTest(ProgramTest):
    """`uplink` starts a program with these settings; `link` is what its status says of the link."""

    async def asyncSetUp(self):
        self.notes = []
        self.state = self.enter(StateFolder())

    def run_with(self, name: str, settings: str) -> Program:
        folder = self.state / name
        folder.mkdir()
        config = folder / "settings.toml"
        config.write_text(settings)
        program = Program(folder / "state", extra=("--config", str(config), "--verbose"))
        self.addCleanup(program.end)
        return program

    def uplink(self, url: str, token: str = TOKEN, more: str = "") -> Program:
        self.program = self.run_with("near", f'[uplink]\nurl = "{url}"\ntoken = "{token}"\n{more}')
        self.addCleanup(self.assert_silent_about, self.program, token)
        return self.program

    def assert_silent_about(self, program: Program, secret: str):
        self.assertNotIn(secret, "\n".join(program.lines + program.errors), "a log tells the token")

    def link(self) -> dict:
        return json.loads(self.program.get("/api/status")[2])["links"]["uplink"]

    def comes_to(self, state: str, seconds: float = 15.0) -> dict:
        found = wait_for(lambda: (link := self.link())["state"] == state and link, seconds)
        self.assertTrue(found, f"not {state} within {seconds} s, but {self.link()}")
        return found

    def press(self, what: str) -> int:
        with urllib.request.urlopen(urllib.request.Request(f"{self.program.url}/api/uplink/{what}", method="POST"), timeout=10) as answer:
            return answer.status

    def counted(self, name: str) -> float:
        text = self.program.get("/metrics")[2].decode()
        return next(float(line.rsplit(" ", 1)[1]) for line in text.splitlines() if line.startswith(f"nightjar_uplink_{name} "))


class TestNode(UplinkTest):
    async def asyncSetUp(self):
        await super().asyncSetUp()
        self.node = self.enter(NodeServer())

    def to(self, path: str, token: str = TOKEN) -> Program:
        return self.uplink(f"ws://127.0.0.1:{self.node.port}/{path}", token)

    def pauses(self) -> list[float]:
        """Seconds from each close of a connection to the next handshake."""
        out, closed = [], None
        for event in self.node.events:
            if event["event"] == "closed":
                closed = event["at"]
            elif event["event"] == "handshake" and closed is not None:
                out.append((event["at"] - closed) / 1000)
                closed = None
        return out

    async def test_metrics_come_and_our_state_goes(self):
        self.to("metrics")
        link = self.comes_to("receiving_data")
        self.assertIsNone(link["error"])
        self.assertLess(link["lastDataAgeMs"], 2000)
        self.assertEqual(json.loads(self.program.get("/api/uplink/metrics")[2])["cpu_percent"], 12.5)
        self.assertTrue(wait_for(lambda: any(each["type"] == "status_update" for each in self.node.of("message"))))
        self.assertTrue(any("connected -> receiving_data" in line for line in self.program.lines + self.program.errors))

    async def test_a_wrong_token_is_closed_with_1008_and_never_tried_again(self):
        self.to("metrics", "wrong-token-of-mine")
        self.assertEqual(self.comes_to("error")["error"]["code"], "AUTH_FAILED")
        time.sleep(3)
        self.assertEqual(len(self.node.of("handshake")), 1)
        self.assertEqual(self.counted('errors_total{reason="auth"}'), 1)
        self.assertEqual(self.press("retry"), 202)
        self.assertTrue(wait_for(lambda: len(self.node.of("handshake")) == 2))

    async def test_401_and_403_are_errors_at_once(self):
        for status in (401, 403):
            with self.subTest(status):
                self.to(f"refuse/{status}")
                self.assertEqual(self.comes_to("error")["error"]["code"], "AUTH_FAILED")
                self.program.end()
                (self.state / "near").rename(self.state / f"was-{status}")
        self.assertEqual(len(self.node.of("handshake")), 2)

    async def test_another_refusal_is_retried_by_the_schedule(self):
        self.to("refuse/503")
        self.assertTrue(wait_for(lambda: len(self.node.of("handshake")) == 4, 20))
        times = [each["at"] / 1000 for each in self.node.of("handshake")]
        for pause, wanted in zip((b - a for a, b in zip(times, times[1:])), (1, 2, 4)):
            self.assertGreater(pause, wanted - 0.05)
            self.assertLess(pause, wanted + 0.8)
        self.assertIn("503", self.comes_to("reconnecting")["lastError"])

    async def test_a_closed_port_is_retried_too(self):
        self.uplink(f"ws://127.0.0.1:{free_port()}/metrics")
        link = self.comes_to("reconnecting")
        self.assertIn("refused", link["lastError"])
        self.assertEqual(link["attemptsMax"], 10)
        self.assertTrue(wait_for(lambda: self.link()["attempt"] == 3, 10))

    async def test_a_handshake_that_hangs_is_given_up_after_ten_seconds(self):
        self.to("hang")
        self.assertTrue(wait_for(lambda: len(self.node.of("handshake")) == 2, 20))
        first, second = (each["at"] / 1000 for each in self.node.of("handshake"))
        self.assertGreater(second - first, 10.9)
        self.assertLess(second - first, 12.5)

    async def test_closes_of_all_kinds_are_followed_by_a_reconnection_after_a_second(self):
        for code in (1000, 1001, 1006, 1011):
            with self.subTest(code):
                self.to(f"close/{code}")
                self.assertTrue(wait_for(lambda: len(self.pauses()) >= 2), self.link())
                for pause in self.pauses()[:2]:  # opening has reset the count: a second each time
                    self.assertGreater(pause, 0.95)
                    self.assertLess(pause, 1.8)
                self.assertGreaterEqual(self.counted('disconnections_total{cause="network"}'), 2)
                self.program.end()
                (self.state / "near").rename(self.state / f"was-{code}")
                self.node.events.clear()

    async def test_a_close_with_1008_after_metrics_is_an_error(self):
        self.to("close/1008")
        self.assertEqual(self.comes_to("error")["error"]["code"], "AUTH_FAILED")
        self.assertEqual(self.counted('disconnections_total{cause="auth"}'), 1)
        self.assertEqual(len(self.node.of("handshake")), 1)

    async def test_garbage_is_passed_over(self):
        self.to("garbage")
        self.comes_to("receiving_data")
        self.assertEqual(len(self.node.of("handshake")), 1)

    async def test_bytes_that_are_no_frame_and_half_a_frame_end_the_connection_and_it_comes_back(self):
        for path in ("broken", "midframe"):
            with self.subTest(path):
                self.to(path)
                self.assertTrue(wait_for(lambda: len(self.node.of("handshake")) >= 3), self.link())
                self.assertEqual(self.program.get("/health")[0], 200)
                self.program.end()
                (self.state / "near").rename(self.state / f"was-{path}")
                self.node.events.clear()

    async def test_logout_says_goodbye_and_stays(self):
        self.to("metrics")
        self.comes_to("receiving_data")
        self.assertEqual(self.press("logout"), 202)
        closed = wait_for(lambda: self.node.of("closed"))
        self.assertEqual(closed[0]["code"], 1000)
        time.sleep(2)
        self.assertEqual(self.link()["state"], "disconnected")
        self.assertEqual(len(self.node.of("handshake")), 1)


class Authority:
    """Makes certificates, signed with a key of its own, into files of a folder."""

    def __init__(self, folder: Path, name: str):
        self.folder = folder
        self.key = ec.generate_private_key(ec.SECP256R1())
        self.name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
        now = datetime.datetime.utcnow()
        builder = x509.CertificateBuilder().subject_name(self.name).issuer_name(self.name).public_key(self.key.public_key())
        builder = builder.serial_number(x509.random_serial_number()).not_valid_before(now - DAY).not_valid_after(now + 30 * DAY)
        self.certificate = builder.add_extension(x509.BasicConstraints(True, None), True).sign(self.key, hashes.SHA256())
        self.path = folder / f"{name}.pem"
        self.path.write_bytes(self.certificate.public_bytes(serialization.Encoding.PEM))

    def sign(self, name: str, hosts: list, ends: datetime.timedelta = 30 * DAY) -> tuple[Path, Path, str]:
        """Certificate, key, and the certificate's SHA-256."""
        key = ec.generate_private_key(ec.SECP256R1())
        now = datetime.datetime.utcnow()
        builder = x509.CertificateBuilder().subject_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])).issuer_name(self.name)
        builder = builder.public_key(key.public_key()).serial_number(x509.random_serial_number()).not_valid_before(now - 60 * DAY).not_valid_after(now + ends)
        certificate = builder.add_extension(x509.SubjectAlternativeName(hosts), False).sign(self.key, hashes.SHA256())
        paths = self.folder / f"{name}.crt", self.folder / f"{name}.key"
        paths[0].write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
        paths[1].write_bytes(key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()))
        return *paths, certificate.fingerprint(hashes.SHA256()).hex()


class TestNginx(UplinkTest):
    """wss:// to nginx, which hands on to the metrics endpoint of another Nightjar."""

    async def asyncSetUp(self):
        await super().asyncSetUp()
        self.far = self.run_with("far", f'[metrics]\nsecret = "{SECRET}"\n')
        made = subprocess.run([binary(), "token", "--subject", "near", "--ttl", "1h", "--config", str(self.state / "far" / "settings.toml")],
                              capture_output=True, text=True, check=True, timeout=10)
        self.token = made.stdout.strip()
        self.ours = Authority(self.state, "ours")
        self.here = [x509.DNSName("localhost"), x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]

    def through(self, certificate: tuple, host: str = "localhost", more: str = "") -> Nginx:
        nginx = self.enter(Nginx(certificate[0], certificate[1], self.far.port))
        self.uplink(f"wss://{host}:{nginx.port}/api/ws/metrics", self.token, more)
        return nginx

    def trusting(self, authority: Authority) -> str:
        return f'ca = "{authority.path}"\n'

    def assert_not_trusted(self, nginx: Nginx, why: str):
        found = wait_for(lambda: why in ((link := self.link())["lastError"] or "") and link, 10)
        self.assertTrue(found, self.link())
        self.assertIn(found["state"], ("reconnecting", "connecting", "disconnected"))
        time.sleep(1.5)  # an attempt more
        self.assertEqual(nginx.requests(), 0, "a request, with the token in it, went to a server that is not trusted")

    async def test_a_host_name_that_the_certificate_names(self):
        self.through(self.ours.sign("good", self.here), "localhost", self.trusting(self.ours))
        self.comes_to("receiving_data")
        metrics = json.loads(self.program.get("/api/uplink/metrics")[2])
        self.assertEqual(metrics["type"], "metrics")
        for part in ("cpu", "memory", "disk", "temperature", "battery", "network", "camera", "session"):
            self.assertIn(part, metrics["data"])
        self.assertGreater(metrics["data"]["memory"]["totalBytes"], 1 << 20)
        self.assertTrue(wait_for(lambda: json.loads(self.program.get("/api/uplink/metrics")[2])["timestamp"] != metrics["timestamp"], 8))
        again = json.loads(self.program.get("/api/uplink/metrics")[2])
        self.assertIsNotNone(again["data"]["cpu"]["usedPercent"])
        self.assert_silent_about(self.far, self.token)

    async def test_an_address_that_the_certificate_names(self):
        self.through(self.ours.sign("good", self.here), "127.0.0.1", self.trusting(self.ours))
        self.comes_to("receiving_data")

    async def test_an_address_that_the_certificate_does_not_name(self):
        names = [x509.DNSName("localhost"), x509.DNSName("127.0.0.1"), x509.IPAddress(ipaddress.ip_address("127.0.0.2"))]
        self.assert_not_trusted(self.through(self.ours.sign("127.0.0.1", names), "127.0.0.1", self.trusting(self.ours)), "certificate not trusted")

    async def test_another_host_name(self):
        self.assert_not_trusted(self.through(self.ours.sign("localhost", [x509.DNSName("other.test")]), "localhost", self.trusting(self.ours)), "certificate not trusted")

    async def test_an_expired_certificate(self):
        self.assert_not_trusted(self.through(self.ours.sign("old", self.here, -DAY), "localhost", self.trusting(self.ours)), "certificate not trusted")

    async def test_an_authority_that_is_not_trusted(self):
        theirs = Authority(self.state, "theirs")
        self.assert_not_trusted(self.through(theirs.sign("theirs-good", self.here), "localhost", self.trusting(self.ours)), "certificate not trusted")

    async def test_by_default_the_systems_authorities_decide(self):
        self.assert_not_trusted(self.through(self.ours.sign("good", self.here)), "certificate not trusted")

    async def test_a_pinned_certificate_needs_no_authority(self):
        good = self.ours.sign("good", [x509.DNSName("any.test")])
        self.through(good, "localhost", f'pin = "{good[2]}"\n')
        self.comes_to("receiving_data")

    async def test_another_certificate_than_the_pinned_one(self):
        self.assert_not_trusted(self.through(self.ours.sign("good", self.here), "localhost", f'pin = "{"0" * 64}"\n'), "certificate changed")

    async def test_a_server_behind_nginx_that_is_gone_is_refused_not_denied(self):
        self.through(self.ours.sign("good", self.here), "localhost", self.trusting(self.ours))
        self.comes_to("receiving_data")
        self.far.end()
        self.assertTrue(wait_for(lambda: "502" in (self.link()["lastError"] or "")), self.link())
        self.assertNotEqual(self.link()["state"], "error")


class TestSettings(UplinkTest):
    async def test_mistakes_are_one_line_and_status_2(self):
        for settings, words in (('[uplink]\nurl = "http://a.test/"\n', "uplink.url must be like"), ('[uplink]\nurl = "wss://a.test/"\nca = "/nowhere.pem"\n', "cannot read /nowhere.pem"),
                                ('[uplink]\nurl = "wss://a.test/"\nca = "/etc/hostname"\n', "holds no certificates")):
            config = self.state / "wrong.toml"
            config.write_text(settings)
            run = subprocess.run([binary(), "run", "--state", str(self.state / "s"), "--port", "0", "--config", str(config)], capture_output=True, text=True, timeout=10, check=False)
            self.assertEqual(run.returncode, 2, run.stderr)
            self.assertIn(words, run.stderr)
            self.assertEqual(len(run.stderr.splitlines()), 1)

    async def test_without_an_uplink_there_is_none(self):
        self.program = self.run_with("near", "")
        self.assertEqual(json.loads(self.program.get("/api/status")[2])["links"], {})
        self.assertEqual(fetch(self.program.url + "/metrics")[0], 200)
