"""A camera that is a program of its own is found by SSDP over real sockets, and followed to another address. All on the loopback interface."""
import re
import socket
import struct
import subprocess
import tempfile
import uuid
from pathlib import Path

from client import PATIENCE, ProgramTest
from program import READY_MAX, binary

GROUP, PORT = "239.255.255.250", 1900


def multicast_works() -> bool:
    """Whether this machine carries multicast over loopback at all."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as ear, socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as mouth:
        try:
            ear.bind(("", 0))
            ear.setsockopt(socket.IPPROTO_IP, socket.IP_ADD_MEMBERSHIP, struct.pack("4s4s", socket.inet_aton(GROUP), socket.inet_aton("127.0.0.1")))
            ear.settimeout(2)
            mouth.setsockopt(socket.IPPROTO_IP, socket.IP_MULTICAST_IF, socket.inet_aton("127.0.0.1"))
            mouth.sendto(b"?", (GROUP, ear.getsockname()[1]))
            return ear.recv(16) == b"?"
        except OSError:
            return False


def free_port(address: str) -> int:
    with socket.socket() as probe:
        probe.bind((address, 0))
        return probe.getsockname()[1]


class SimCamera:
    """`nightjar-sim-camera --ssdp` at an address of the loopback interface; the same identity wherever it is."""

    def __init__(self, identity: str, address: str):
        command = [str(Path(binary()).with_name("nightjar-sim-camera")), "--https", "--ssdp", "--listen", address, "--announce", address, "--port", "0",
                   "--description-port", str(free_port(address)), "--uuid", identity, "--serial", identity[-12:], "--model", "Canon EOS Test"]
        self.said = tempfile.TemporaryFile("w+")
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=self.said, text=True)
        line = self.process.stdout.readline()
        found = re.search(r"is ready: https://([0-9.]+):(\d+)/ccapi", line)
        if not found:
            self.end()
            raise AssertionError(f"no camera within {READY_MAX} s: {line}")
        self.address, self.port = found.group(1), int(found.group(2))

    def end(self):
        if self.process.poll() is None:
            self.process.terminate()
        self.process.wait(10)
        self.process.stdout.close()
        self.said.close()


class Discovery(ProgramTest):
    board = "generic"

    async def asyncSetUp(self):
        self.assertTrue(multicast_works(), "this machine carries no multicast over loopback")
        self.identity = str(uuid.uuid4())
        await super().asyncSetUp()

    def camera(self, address: str) -> SimCamera:
        camera = SimCamera(self.identity, address)
        self.addCleanup(camera.end)
        return camera

    def ours(self, frame) -> bool:
        return frame["data"].get("uuid") == self.identity

    async def test_a_camera_beside_it_is_found_and_shoots_and_is_found_again_at_another_address(self):
        camera = self.camera("127.0.0.1")
        client = await self.client()
        found = await client.expect("discovery_event/cameraDiscovered", where=self.ours)
        self.assertEqual((found["data"]["modelName"], found["data"]["ipAddress"]), ("Canon EOS Test", "127.0.0.1"))
        await client.send("set_primary_camera", uuid=self.identity)   # another may have been first on this machine
        await client.camera_ready()
        status = await client.status()
        self.assertEqual(status["discovery"]["primaryCamera"]["uuid"], self.identity)
        self.assertEqual(status["camera"]["port"], str(camera.port))
        await client.send("take_photo")
        self.assertTrue((await client.expect("event/photo_taken"))["data"]["success"])

        camera.end()
        camera = self.camera("127.0.0.2")
        moved = await client.expect("discovery_event/cameraIPChanged", 2 * PATIENCE, self.ours)
        self.assertEqual((moved["data"]["oldIP"], moved["data"]["newIP"]), ("127.0.0.1", "127.0.0.2"))
        await client.expect("discovery_event/primaryCameraReconnected", where=self.ours)
        await client.send("take_photo")
        self.assertTrue((await client.expect("event/photo_taken"))["data"]["success"])

    async def test_the_primary_camera_is_remembered(self):
        self.camera("127.0.0.1")
        client = await self.client()
        await client.expect("discovery_event/cameraDiscovered", where=self.ours)
        await client.send("set_primary_camera", uuid=self.identity)
        await client.camera_ready()
        self.program.end()
        again = await self.client(self.start_program())
        await again.expect("welcome")
        await again.camera_ready()
        self.assertEqual((await again.status())["discovery"]["primaryCamera"]["uuid"], self.identity)
