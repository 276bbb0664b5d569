"""Servers not written here, as processes: Node's ws from npm, and nginx from Debian."""
import fcntl
import json
import os
import shutil
import signal
import socket
import subprocess
import tempfile
import threading
import time
from pathlib import Path

HERE = Path(__file__).resolve().parent / "peers"


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def wait_for(what, seconds: float = 15.0, pause: float = 0.05):
    """The first true value of what(); None when none comes."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if value := what():
            return value
        time.sleep(pause)
    return None


def end(process: subprocess.Popen):
    process.send_signal(signal.SIGTERM)
    try:
        process.wait(5)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


class NodeServer:
    """peers/metrics_server.mjs; `events` is what it has told so far."""

    def __enter__(self):
        with open(HERE / "package.json", encoding="utf-8") as lock:  # several tests begin at once
            fcntl.flock(lock, fcntl.LOCK_EX)
            if not (HERE / "node_modules" / "ws").is_dir():
                subprocess.run(["npm", "ci", "--silent"], cwd=HERE, check=True, timeout=300)
        self.process = subprocess.Popen(["node", str(HERE / "metrics_server.mjs")], stdout=subprocess.PIPE, text=True)
        self.port = json.loads(self.process.stdout.readline())["port"]
        self.events: list[dict] = []
        self.reader = threading.Thread(target=self._read, daemon=True)
        self.reader.start()
        return self

    def _read(self):
        for line in self.process.stdout:
            self.events.append(json.loads(line))

    def __exit__(self, *_):
        end(self.process)
        self.reader.join(2)
        self.process.stdout.close()

    def of(self, event: str) -> list[dict]:
        return [each for each in list(self.events) if each["event"] == event]


class Nginx:
    """Terminates TLS with a certificate (PEM files) and hands all on to a port of this machine, WebSockets as well."""

    def __init__(self, certificate: Path, key: Path, behind: int):
        self.certificate, self.key, self.behind = certificate, key, behind

    def __enter__(self):
        self.folder = Path(tempfile.mkdtemp(prefix="nightjar-nginx-"))
        self.port = free_port()
        self.log = self.folder / "access.log"
        (self.folder / "nginx.conf").write_text(f"""
daemon off; master_process off; pid {self.folder}/pid; error_log {self.folder}/error.log;
events {{ }}
http {{
  access_log {self.log};
  client_body_temp_path {self.folder}/b; proxy_temp_path {self.folder}/p; fastcgi_temp_path {self.folder}/f; uwsgi_temp_path {self.folder}/u; scgi_temp_path {self.folder}/s;
  server {{
    listen 127.0.0.1:{self.port} ssl;
    ssl_certificate {self.certificate}; ssl_certificate_key {self.key};
    location / {{
      proxy_pass http://127.0.0.1:{self.behind};
      proxy_http_version 1.1;
      proxy_set_header Upgrade $http_upgrade; proxy_set_header Connection "upgrade"; proxy_set_header Host $host;
    }}
  }}
}}
""")
        program = shutil.which("nginx", path=os.environ["PATH"] + ":/usr/sbin")
        self.process = subprocess.Popen([program, "-c", str(self.folder / "nginx.conf"), "-e", str(self.folder / "error.log"), "-p", str(self.folder)])

        def listens():
            with socket.socket() as probe:
                return probe.connect_ex(("127.0.0.1", self.port)) == 0

        assert wait_for(listens), (self.folder / "error.log").read_text()
        return self

    def __exit__(self, *_):
        end(self.process)
        shutil.rmtree(self.folder, ignore_errors=True)

    def requests(self) -> int:
        return len(self.log.read_text().splitlines()) if self.log.exists() else 0
