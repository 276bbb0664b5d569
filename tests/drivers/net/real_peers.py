#!/usr/bin/env python3
"""Sets our HTTP, TLS and WebSocket ends (the program net_peer) against other people's: openssl, curl, Python's own library."""
import base64
import hashlib
import http.client
import http.server
import os
import shutil
import socket
import ssl
import struct
import subprocess
import sys
import tempfile
import threading
import unittest
import urllib.request

PEER = sys.argv.pop(1)
WORK = tempfile.mkdtemp(prefix="nightjar-net-")
CERT, KEY = os.path.join(WORK, "cert.pem"), os.path.join(WORK, "key.pem")
PATIENCE = 30  # seconds; only a hang takes so long


def peer(*arguments):
    done = subprocess.run([PEER, *arguments], capture_output=True, text=True, timeout=PATIENCE)
    return done.stdout.strip().splitlines(), done.stderr


class Served:
    """Our server as a child, until the end of the with block."""

    def __init__(self, *arguments):
        self.arguments = arguments

    def __enter__(self):
        self.child = subprocess.Popen([PEER, "serve", *self.arguments], stdout=subprocess.PIPE, text=True)
        self.port = int(self.child.stdout.readline())
        return self

    def __exit__(self, *_):
        self.child.kill()
        self.child.wait()
        self.child.stdout.close()


class Serving:
    """A Python HTTP server in a thread, until the end of the with block."""

    def __init__(self, handler, context=None):
        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
        if context:
            self.server.socket = context.wrap_socket(self.server.socket, server_side=True)

    def __enter__(self):
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        self.port = self.server.server_address[1]
        return self

    def __exit__(self, *_):
        self.server.shutdown()
        self.server.server_close()


class Quiet(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *_):
        pass

    def reply(self, status, body, *fields):
        self.send_response(status)
        for name, value in fields:
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


def sha256(data):
    return hashlib.sha256(data).hexdigest()


def der_fingerprint(path):
    with open(path) as file:
        return sha256(ssl.PEM_cert_to_DER_cert(file.read()))


class OurClient(unittest.TestCase):
    def test_python_server_keeps_the_connection(self):
        ports = []

        class Handler(Quiet):
            def do_GET(self):
                ports.append(self.client_address[1])
                self.reply(200, b"night" * 1000)

        with Serving(Handler) as server:
            lines, _ = peer("get", f"http://127.0.0.1:{server.port}/x", "times=3")
        self.assertEqual(lines, [f"200 - 5000 {sha256(b'night' * 1000)}"] * 3)
        self.assertEqual(len(set(ports)), 1)

    def test_python_tls_server_and_pin(self):
        class Handler(Quiet):
            def do_GET(self):
                self.reply(200, b"sky" * 100000)

        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(CERT, KEY)
        fingerprint = der_fingerprint(CERT)
        with Serving(Handler, context) as server:
            url = f"https://127.0.0.1:{server.port}/"
            self.assertEqual(peer("get", url)[0], [f"200 {fingerprint} 300000 {sha256(b'sky' * 100000)}"])
            self.assertTrue(peer("get", url, "pin=" + fingerprint)[0][0].startswith("200 "))
            self.assertIn("certificate changed: expected " + "0" * 64 + ", got " + fingerprint, peer("get", url, "pin=" + "0" * 64)[0][0])
            self.assertTrue(peer("get", url, "ca=" + CERT, "host=nightjar.test")[0][0].startswith("200 "))
            self.assertIn("certificate not trusted", peer("get", url, "ca=" + CERT, "host=other.test")[0][0])

    def test_openssl_server_with_ecdsa_and_rsa(self):
        rsa_cert, rsa_key = os.path.join(WORK, "rsa.pem"), os.path.join(WORK, "rsa_key.pem")
        subprocess.run(["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", rsa_key, "-out", rsa_cert, "-days", "2", "-subj",
                        "/CN=camera"], check=True, capture_output=True, timeout=PATIENCE)
        for cert, key in ((CERT, KEY), (rsa_cert, rsa_key)):
            with socket.socket() as probe:
                probe.bind(("127.0.0.1", 0))
                port = probe.getsockname()[1]
            child = subprocess.Popen(["openssl", "s_server", "-www", "-accept", f"127.0.0.1:{port}", "-cert", cert, "-key", key],
                                     stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, stdin=subprocess.DEVNULL, text=True)
            try:
                while "ACCEPT" not in child.stdout.readline():
                    self.assertIsNone(child.poll())
                lines, _ = peer("get", f"https://127.0.0.1:{port}/")
                self.assertTrue(lines[0].startswith(f"200 {der_fingerprint(cert)} "), lines)
            finally:
                child.kill()
                child.wait()
                child.stdout.close()

    def test_digest_against_a_server_of_python(self):
        for algorithm, function in (("MD5", hashlib.md5), ("SHA-256", hashlib.sha256)):
            seen = []

            class Handler(Quiet):
                def do_GET(self):
                    field = self.headers.get("Authorization", "")
                    given = urllib.request.parse_keqv_list(urllib.request.parse_http_list(field.partition(" ")[2]))
                    digest = lambda text: function(text.encode()).hexdigest()
                    if given:
                        expected = digest(":".join([digest("photographer:camera:stars & moon"), "abc/def+==", given["nc"], given["cnonce"],
                                                    given["qop"], digest("GET:" + self.path)]))
                        if given["response"] == expected:
                            seen.append(given["nc"])
                            self.reply(200, b"in")
                            return
                    self.reply(401, b"", ("WWW-Authenticate",
                                          f'Digest realm="camera", nonce="abc/def+==", qop="auth", algorithm={algorithm}'))

            with Serving(Handler) as server:
                lines, _ = peer("get", f"http://127.0.0.1:{server.port}/a?b=c", "photographer:stars & moon", "times=2")
                wrong, _ = peer("get", f"http://127.0.0.1:{server.port}/", "photographer:wrong")
            self.assertEqual([line.split()[0] for line in lines], ["200", "200"])
            self.assertEqual(seen, ["00000001", "00000002"])
            self.assertEqual(wrong[0].split()[0], "401")


class OurServer(unittest.TestCase):
    def test_http_client_of_python_keeps_the_connection(self):
        with Served() as ours:
            connection = http.client.HTTPConnection("127.0.0.1", ours.port, timeout=PATIENCE)
            for i in range(3):
                connection.request("POST", f"/{i}", body=b"x" * 100000)
                answer = connection.getresponse()
                self.assertEqual(answer.status, 200)
                self.assertEqual(answer.read(), f"POST /{i}\n".encode() + b"x" * 100000)
            connection.request("POST", "/chunks", body=iter([b"one", b"two"]), encode_chunked=True)
            self.assertEqual(connection.getresponse().read(), b"POST /chunks\nonetwo")
            connection.request("GET", "/stream")
            self.assertEqual(connection.getresponse().read(), b"".join(b"line %d\n" % i for i in range(1000)))
            connection.close()

    def test_tls_of_python_verifies_and_resumes(self):
        with Served(CERT, KEY) as ours:
            context = ssl.create_default_context(cafile=CERT)
            context.maximum_version = ssl.TLSVersion.TLSv1_2
            session = None
            for resumed in (False, True):
                with socket.create_connection(("127.0.0.1", ours.port), timeout=PATIENCE) as raw:
                    with context.wrap_socket(raw, server_hostname="nightjar.test", session=session) as tls:
                        self.assertEqual(tls.session_reused, resumed)
                        self.assertIn("ECDHE", tls.cipher()[0])
                        tls.sendall(b"GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
                        answer = b""
                        while part := tls.recv(65536):
                            answer += part
                        self.assertTrue(answer.endswith(b"GET /\n"), answer)
                        session = tls.session

    def test_old_tls_is_refused(self):
        with Served(CERT, KEY) as ours:
            done = subprocess.run(["openssl", "s_client", "-connect", f"127.0.0.1:{ours.port}", "-tls1_1", "-cipher", "ALL:@SECLEVEL=0"],
                                  stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=PATIENCE)
            self.assertNotEqual(done.returncode, 0)

    def test_openssl_client(self):
        with Served(CERT, KEY) as ours:
            done = subprocess.run(["openssl", "s_client", "-connect", f"127.0.0.1:{ours.port}", "-servername", "nightjar.test", "-CAfile", CERT,
                                   "-verify_return_error", "-ign_eof"],
                                  input="GET /openssl HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n", capture_output=True, text=True,
                                  timeout=PATIENCE)
            self.assertIn("Verify return code: 0 (ok)", done.stdout)
            self.assertIn("GET /openssl", done.stdout)

    @unittest.skipUnless(shutil.which("curl"), "no curl")
    def test_curl(self):
        with Served(CERT, KEY) as ours:
            def curl(*arguments, **options):
                return subprocess.run(["curl", "-sS", "--max-time", str(PATIENCE), "--cacert", CERT, "--connect-to",
                                       f"nightjar.test:443:127.0.0.1:{ours.port}", *arguments], capture_output=True, timeout=PATIENCE, **options)

            self.assertEqual(curl("https://nightjar.test/a?b").stdout, b"GET /a?b\n")
            body = os.urandom(3 << 20)
            # curl sends Expect: 100-continue for a body of that size
            self.assertEqual(curl("https://nightjar.test/up", "--data-binary", "@-", "-H", "Expect: 100-continue", input=body).stdout,
                             b"POST /up\n" + body)
            self.assertEqual(len(curl("https://nightjar.test/stream").stdout.splitlines()), 1000)
            self.assertIn(b"Content-Length: 7", curl("-I", "https://nightjar.test/").stdout)
            two = curl("https://nightjar.test/1", "https://nightjar.test/2", "-w", "%{num_connects}")
            self.assertEqual(two.stdout, b"GET /1\n1GET /2\n0")

    def test_websocket_by_hand(self):
        def read(stream, size):
            data = b""
            while len(data) < size:
                part = stream.recv(size - len(data))
                self.assertTrue(part)
                data += part
            return data

        for arguments in ((), (CERT, KEY)):
            with Served(*arguments) as ours, socket.create_connection(("127.0.0.1", ours.port), timeout=PATIENCE) as raw:
                stream = raw
                if arguments:
                    stream = ssl.create_default_context(cafile=CERT).wrap_socket(raw, server_hostname="nightjar.test")
                key = base64.b64encode(os.urandom(16)).decode()
                stream.sendall(f"GET /ws HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                               f"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: {key}\r\n\r\n".encode())
                head = b""
                while not head.endswith(b"\r\n\r\n"):
                    head += read(stream, 1)
                accept = base64.b64encode(hashlib.sha1((key + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11").encode()).digest())
                self.assertIn(b"101 Switching Protocols", head)
                self.assertIn(b"Sec-WebSocket-Accept: " + accept, head)
                payload, mask = os.urandom(200000), os.urandom(4)
                masked = bytes(byte ^ mask[i % 4] for i, byte in enumerate(payload))
                stream.sendall(struct.pack("!BBQ", 0x82, 0xFF, len(payload)) + mask + masked)
                self.assertEqual(struct.unpack("!BBQ", read(stream, 10)), (0x82, 127, len(payload)))
                self.assertEqual(read(stream, len(payload)), payload)
                stream.sendall(struct.pack("!BB", 0x88, 0x82) + bytes(4) + struct.pack("!H", 1000))
                self.assertEqual(read(stream, 4), b"\x88\x02\x03\xe8")
                self.assertEqual(stream.recv(1), b"")
                stream.close()


if __name__ == "__main__":
    try:
        peer("certificate", "nightjar.test", CERT, KEY)
        unittest.main(verbosity=2)
    finally:
        shutil.rmtree(WORK, ignore_errors=True)
