"""The program under test as a process: started on free ports, watched, and never left behind."""
import json
import os
import re
import shutil
import signal
import socket
import ssl
import subprocess
import tempfile
import threading
import time
import urllib.error
import urllib.request
from email.message import Message
from pathlib import Path

READY_MAX = 20.0  # s; a sanitizer build on a busy machine
LINE_READY = re.compile(r"Nightjar is ready: (http://(\S+?):(\d+))")
LINE_CAMERA = re.compile(r"Simulated camera: (https://127\.0\.0\.1:(\d+)/ccapi) \(control (http://127\.0\.0\.1:\d+/sim)\)")


def binary() -> str:
    return os.environ["NIGHTJAR"]


class Program:
    """`nightjar run`, with its simulated camera where the board has one. The state folder is the test's, so that a second run can find what the first left."""

    def __init__(self, state: Path, port: int = 0, extra: tuple[str, ...] = (), board: str = "host", prefix: tuple[str, ...] = (), env: dict[str, str] | None = None):
        self.state = state
        command = [*prefix, binary(), "run", "--board", board, "--port", str(port), "--state", str(state), *extra]
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, errors="replace", env=env)
        self.lines: list[str] = []
        self.errors: list[str] = []
        self._heard = threading.Condition()
        self._readers = [threading.Thread(target=self._read, args=pair, daemon=True)
                         for pair in ((self.process.stdout, self.lines), (self.process.stderr, self.errors))]
        for reader in self._readers:
            reader.start()
        try:
            ready = self._line(LINE_READY)
        except BaseException:
            self.end()
            raise
        self.url, self.port = ready.group(1), int(ready.group(3))
        camera = next((found for line in self.lines if (found := LINE_CAMERA.search(line))), None)  # it is told before
        if camera is None:
            return
        self.camera_url, self.camera_port, self.control = camera.group(1), int(camera.group(2)), camera.group(3)

    def _read(self, stream, lines):
        for line in stream:
            with self._heard:
                lines.append(line.rstrip("\n"))
                self._heard.notify_all()

    def _line(self, pattern: re.Pattern) -> re.Match:
        deadline = time.monotonic() + READY_MAX
        with self._heard:
            while True:
                for line in self.lines:
                    if found := pattern.search(line):
                        return found
                left = deadline - time.monotonic()
                if left <= 0 or self.process.poll() is not None:
                    raise AssertionError(f"the program never printed {pattern.pattern!r}; exit code {self.process.poll()}, it said:\n{self.said()}")
                self._heard.wait(min(left, 0.2))

    def said(self) -> str:
        return "\n".join(self.lines[-40:] + self.errors[-40:])

    @property
    def socket_url(self) -> str:
        return f"ws://127.0.0.1:{self.port}/ws"

    def get(self, path: str) -> tuple[int, Message, bytes]:
        return fetch(self.url + path)

    def shots(self) -> list[dict]:
        return json.loads(fetch(f"{self.control}/shots")[2])["shots"]

    def camera_power(self, on: bool):
        request = urllib.request.Request(f"{self.control}/power", json.dumps({"on": on}).encode(), {"Content-Type": "application/json"}, method="POST")
        with urllib.request.urlopen(request, timeout=10) as answer:
            assert answer.status // 100 == 2, answer.status

    def camera_tls(self) -> tuple[str, bytes, int]:
        """TLS version, certificate (DER) and the status of the capability document."""
        context = ssl.create_default_context()
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE  # a camera's certificate is its own
        with socket_to(self.camera_port) as raw, context.wrap_socket(raw) as tls:
            tls.sendall(f"GET /ccapi HTTP/1.1\r\nHost: 127.0.0.1:{self.camera_port}\r\nConnection: close\r\n\r\n".encode())
            status = int(tls.recv(65536).split()[1])
            return tls.version(), tls.getpeercert(binary_form=True), status

    def reports(self) -> dict[Path, dict]:
        return {path: json.loads(path.read_text()) for path in sorted((self.state / "reports").glob("*.json"))}

    def signal(self, number: int):
        self.process.send_signal(number)

    def wait(self, seconds: float) -> int:
        code = self.process.wait(seconds)
        for reader in self._readers:
            reader.join(2)
        return code

    def end(self):
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            try:
                self.process.wait(10)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()


def fetch(url: str, headers: dict | None = None) -> tuple[int, Message, bytes]:
    """Status, headers (whose names have no case) and body."""
    try:
        with urllib.request.urlopen(urllib.request.Request(url, headers=headers or {}), timeout=10) as answer:
            return answer.status, answer.headers, answer.read()
    except urllib.error.HTTPError as refused:
        return refused.code, refused.headers, refused.read()


def socket_to(port: int):
    return socket.create_connection(("127.0.0.1", port), timeout=10)


def run_to_end(*arguments: str, seconds: float = 10) -> subprocess.CompletedProcess:
    """A run that is expected to refuse."""
    return subprocess.run([binary(), *arguments], capture_output=True, text=True, timeout=seconds, check=False)


class StateFolder:
    def __enter__(self) -> Path:
        self.path = Path(tempfile.mkdtemp(prefix="nightjar-e2e-"))
        return self.path

    def __exit__(self, *_):
        shutil.rmtree(self.path, ignore_errors=True)
