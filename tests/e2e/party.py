"""Devices on a network of their own: a network namespace each, on one bridge, with an Avahi and a system bus of its own. Needs root.

`party.py PROGRAM ARGUMENT...` runs a program on such a device; NIGHTJAR_AVAHI is its address there."""
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

BUS = """<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN" "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig><type>system</type><listen>unix:path={path}</listen><auth>EXTERNAL</auth>
<policy context="default"><allow user="*"/><allow own="*"/><allow send_type="method_call"/><allow send_type="signal"/>
<allow send_requested_reply="true" send_type="method_return"/><allow send_requested_reply="true" send_type="error"/>
<allow receive_type="method_call"/><allow receive_type="signal"/><allow receive_type="method_return"/><allow receive_type="error"/></policy></busconfig>
"""
AVAHI = """[server]
host-name={name}
use-ipv4=yes
use-ipv6=no
allow-interfaces=eth0
[wide-area]
enable-wide-area=no
[publish]
publish-workstation=no
[rlimits]
"""
PORT = 3000


def inside(namespace: str, *words: str) -> list[str]:
    """The command in the namespace. (`ip netns exec` would mount things anew, which cannot be where / is no mount, as in a chroot.)"""
    return ["nsenter", f"--net=/run/netns/{namespace}", *words]


def ip(namespace: str, *words: str) -> None:
    subprocess.run(inside(namespace, "ip", *words), check=True, capture_output=True, text=True)


def is_root_a_mount() -> bool:
    """False in a plain chroot."""
    return any(line.split()[4] == "/" for line in Path("/proc/self/mountinfo").read_text().splitlines())


def add_namespace(name: str) -> None:
    subprocess.run(["ip", "netns", "add", name], check=True, capture_output=True, text=True)


class Place:
    """One device's place: a namespace with eth0, lo, a bus and an Avahi."""

    def __init__(self, party: "Party", number: int):
        self.namespace = f"{party.name}-{number}"
        self.address = f"10.77.0.{number}"
        self.folder = party.folder / str(number)
        self.folder.mkdir()
        self.bus = f"unix:path={self.folder}/bus"
        self.processes: list[subprocess.Popen] = []
        add_namespace(self.namespace)
        party.namespaces.append(self.namespace)
        ip(party.hub, "link", "add", f"port{number}", "type", "veth", "peer", "name", "eth0", "netns", self.namespace)
        ip(party.hub, "link", "set", f"port{number}", "master", "bridge", "up")
        ip(self.namespace, "addr", "add", f"{self.address}/24", "broadcast", "10.77.0.255", "dev", "eth0")
        ip(self.namespace, "link", "set", "eth0", "up")
        ip(self.namespace, "link", "set", "lo", "up")

    def command(self, *words: str) -> list[str]:
        return inside(self.namespace, *words)

    def environment(self) -> dict[str, str]:
        return {**os.environ, "DBUS_SYSTEM_BUS_ADDRESS": self.bus, "NIGHTJAR_AVAHI": self.address}

    def start_avahi(self) -> None:
        (self.folder / "bus.conf").write_text(BUS.format(path=self.folder / "bus"))
        (self.folder / "avahi.conf").write_text(AVAHI.format(name=self.namespace))
        self._spawn(self.command("dbus-daemon", f"--config-file={self.folder}/bus.conf", "--nofork", "--nopidfile"))
        wait(lambda: (self.folder / "bus").exists(), 10, "the bus")
        daemon = f"exec avahi-daemon -f {self.folder}/avahi.conf --no-drop-root --no-chroot --no-rlimits"
        if is_root_a_mount():
            # Its pid file is in /run: a mount namespace of its own, so that each has one.
            self._spawn(self.command("unshare", "-m", "sh", "-c", f"mkdir -p /run/avahi-daemon && mount -t tmpfs none /run/avahi-daemon && {daemon}"))
        else:
            # A chroot can have none; but no other Avahi is there, and ours take no notice of each other's pid file when it is gone.
            self._spawn(self.command("sh", "-c", f"mkdir -p /run/avahi-daemon && rm -f /run/avahi-daemon/pid && {daemon}"))
        wait(lambda: "org.freedesktop.Avahi" in self.names(), 10, "Avahi")

    def names(self) -> str:
        return subprocess.run(["dbus-send", f"--bus={self.bus}", "--print-reply", "--dest=org.freedesktop.DBus", "/",
                               "org.freedesktop.DBus.ListNames"], capture_output=True, text=True, check=False).stdout

    def _spawn(self, command: list[str]) -> None:
        with open(self.folder / "daemons.log", "a") as log:
            self.processes.append(subprocess.Popen(command, stdout=log, stderr=log, env=self.environment()))

    def block(self, *ports: int) -> None:
        """Datagrams to and from these ports get nowhere."""
        rules = "table inet blocked { chain incoming { type filter hook input priority 0; %s }; chain outgoing { type filter hook output priority 0; %s }; }"
        drop = " ".join(f"udp dport {port} drop; udp sport {port} drop;" for port in ports)
        subprocess.run(self.command("nft", "-f", "-"), input=rules % (drop, drop), text=True, check=True)

    def api(self, path: str, body: dict | None = None) -> dict:
        """The device's REST API, from where it runs."""
        words = ["curl", "-s", "--max-time", "60", f"http://127.0.0.1:{PORT}{path}"]
        if body is not None:
            words += ["-X", "POST", "-H", "Content-Type: application/json", "-d", json.dumps(body)]
        return json.loads(subprocess.run(self.command(*words), check=True, capture_output=True, text=True).stdout)

    def status(self) -> dict:
        return self.api("/api/session")

    def end(self) -> None:
        for process in reversed(self.processes):
            process.terminate()
            process.wait()


def wait(done, patience: float, what: str):
    deadline = time.monotonic() + patience
    while not (value := done()):
        if time.monotonic() > deadline:
            raise AssertionError(f"{what} did not come within {patience} s")
        time.sleep(0.05)
    return value


class Party:
    """A bridge and the places on it."""

    def __init__(self, places: int, avahi: bool = True):
        if os.geteuid() != 0:
            raise AssertionError("network namespaces need root")
        self.name = f"nj{os.getpid()}"
        self.hub = f"{self.name}-hub"
        self.folder = Path(tempfile.mkdtemp(prefix="nightjar-party-"))
        self.namespaces: list[str] = []
        self.places: list[Place] = []
        try:
            add_namespace(self.hub)
            self.namespaces.append(self.hub)
            ip(self.hub, "link", "add", "bridge", "type", "bridge", "forward_delay", "0", "mcast_snooping", "0")
            ip(self.hub, "link", "set", "bridge", "up")
            for number in range(1, places + 1):
                self.places.append(Place(self, number))
            if avahi:
                for place in self.places:
                    place.start_avahi()
        except BaseException:
            self.end()
            raise

    def end(self) -> None:
        for place in self.places:
            place.end()
        for namespace in reversed(self.namespaces):
            subprocess.run(["ip", "netns", "del", namespace], check=False, capture_output=True)
        shutil.rmtree(self.folder, ignore_errors=True)


def main() -> int:
    if os.geteuid() != 0:
        return 77
    party = Party(1)
    try:
        place = party.places[0]
        return subprocess.run(place.command(*sys.argv[1:]), check=False, env=place.environment()).returncode
    finally:
        party.end()


if __name__ == "__main__":
    sys.exit(main())
