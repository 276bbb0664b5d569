"""Several devices share a session: real programs in network namespaces, with Avahi running in each."""
import json
import signal
import subprocess
import sys
import threading
import time
import unittest
from pathlib import Path

from party import PORT, Party, Place, wait
from program import Program, binary

MDNS, BEACON = 5353, 48080
GUEST = Path(__file__).with_name("session_guest.py")


class Guest:
    """A guest that is not ours, at a place."""

    def __init__(self, place: Place, host: str, session: str, device: str, beats: bool = True):
        command = place.command(sys.executable, str(GUEST), f"ws://{host}:8080/", session, device, *(["--beat"] if beats else []))
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        self.said: list[dict] = []
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def _read(self) -> None:
        for line in self.process.stdout:
            self.said.append(json.loads(line))

    def messages(self, kind: str) -> list[dict]:
        return [one["message"]["payload"] for one in self.said if one.get("message", {}).get("type") == kind]

    def closed(self) -> dict | None:
        return next((one for one in self.said if "closed" in one), None)

    def leave(self) -> None:
        if self.process.stdin:
            self.process.stdin.close()
        self.process.wait(10)
        self._reader.join(5)
        self.process.stdout.close()


class Sharing(unittest.TestCase):
    PLACES = 4

    def setUp(self) -> None:
        self.notes: list[str] = []
        self.party = Party(self.PLACES)
        self.addCleanup(self.party.end)
        self.pis = self.party.places
        self.programs: dict[int, Program] = {}

    def start(self, index: int) -> Program:
        place = self.pis[index]
        program = Program(place.folder / "state", port=PORT, prefix=tuple(place.command()), env=place.environment())
        self.programs[index] = program
        self.addCleanup(program.end)
        self.program = program
        return program

    def host(self, index: int = 0) -> str:
        self.start(index)
        status = self.pis[index].api("/api/session/host", {"name": "Ridge"})
        self.assertEqual(status.get("status"), "hosting", status)
        return status["sessionId"]

    def join(self, index: int, code: str, **place) -> dict:
        if index not in self.programs:
            self.start(index)
        return self.pis[index].api("/api/session/join", {"code": code, **place})

    def guest(self, index: int, code: str, device: str, beats: bool = True) -> Guest:
        guest = Guest(self.pis[index], self.pis[0].address, code, device, beats)
        self.addCleanup(guest.leave)
        return guest

    def members(self, index: int) -> list[str]:
        return [member["id"] for member in self.pis[index].status()["members"]]

    def test_host_and_three_guests_find_each_other_by_mdns(self):
        code = self.host()
        self.assertEqual(self.pis[0].status()["advertisedBy"], "mdns")
        for index in (1, 2, 3):
            self.assertEqual(self.join(index, f" {code[:3].lower()}-{code[3:]} ")["status"], "connected")
        def listed():
            return subprocess.run(self.pis[2].command(binary(), "session", "list", "--seconds", "2"), capture_output=True, text=True, check=True).stdout

        self.assertIn(f"{code[:3]}-{code[3:]}  Ridge", listed())
        wait(lambda: "mdns" in listed(), 30, "it is heard of by mDNS")
        wait(lambda: all(len(self.members(index)) == 4 for index in range(4)), 10, "four members everywhere")
        self.assertEqual(len({tuple(self.members(index)) for index in range(4)}), 1)
        time.sleep(8)  # the clocks come to know each other
        self.pis[0].api("/api/session/fire", {"aheadMs": 500})
        shot = wait(lambda: next((s for s in self.pis[0].status()["shots"] if len(s["results"]) == 4), None), 10, "four shots")
        self.assertEqual(shot["fired"], 4, shot)
        self.assertLess(shot["spreadMs"], 20)
        self.notes.append(f"four cameras on one machine: spread {shot['spreadMs']:.2f} ms, as they say themselves")
        self.pis[0].api("/api/session/end", {})
        wait(lambda: all(self.pis[index].status()["status"] == "idle" for index in range(4)), 10, "the end everywhere")
        self.assertEqual(self.pis[1].status()["error"], "Session ended by host")

    def test_mdns_blocked_then_udp(self):
        for place in self.pis:
            place.block(MDNS)
        code = self.host()
        self.assertEqual(self.join(1, code)["status"], "connected")
        self.assertEqual([one["discoveryMethod"] for one in self.pis[1].status()["discovered"]], ["udp"])

    def test_both_blocked_then_the_code_is_typed_with_an_address(self):
        for place in self.pis:
            place.block(MDNS, BEACON)
        code = self.host()
        lost = self.join(1, code)
        self.assertEqual(lost["error"]["message"], "Session not found", lost)
        self.assertEqual(self.join(1, code, address=self.pis[0].address)["status"], "connected")

    def test_full_duplicate_and_wrong_id(self):
        code = self.host()
        wrong = self.guest(1, "AAAAAA" if code != "AAAAAA" else "BBBBBB", "stranger")
        wait(wrong.closed, 10, "the refusal")
        self.assertEqual(wrong.messages("ERROR"), [{"code": "SESSION_NOT_FOUND", "message": "Session not found"}])
        guests = [self.guest(1 + number % 3, code, f"guest-{number}") for number in range(7)]
        wait(lambda: all(guest.messages("WELCOME") for guest in guests), 10, "seven welcomes")
        twin = self.guest(2, code, "guest-0")
        wait(twin.closed, 10, "the refusal of a duplicate")
        self.assertEqual(twin.messages("ERROR"), [{"code": "ALREADY_JOINED", "message": "Already joined"}])
        self.assertIsNone(guests[0].closed())
        self.assertEqual(len(self.members(0)), 8)
        ninth = self.join(3, code, address=self.pis[0].address)
        self.assertEqual(ninth["error"]["message"], "Session is full (8/8)")
        last = self.guest(2, code, "guest-9")
        wait(last.closed, 10, "the refusal of the ninth")
        self.assertEqual(last.messages("ERROR"), [{"code": "SESSION_FULL", "message": "Session is full (8/8)"}])
        guests[6].leave()
        wait(lambda: guests[0].messages("MEMBER_LEFT"), 10, "MEMBER_LEFT")
        self.assertEqual(guests[0].messages("MEMBER_LEFT"), [{"deviceId": "guest-6", "reason": "Connection closed"}])
        self.pis[0].api("/api/session/kick", {"deviceId": "guest-5"})
        wait(guests[5].closed, 10, "the kick")
        self.assertEqual(len(guests[5].messages("KICKED")), 1)
        self.pis[0].api("/api/session/end", {})
        closed = wait(guests[0].closed, 10, "the close")
        self.assertEqual(guests[0].messages("SESSION_CLOSED"), [{"reason": "Host closed session"}])
        self.assertEqual((closed["closed"], closed["reason"]), (1000, "Server closing"))

    def test_fifteen_seconds_of_silence(self):
        code = self.host()
        lively = self.guest(1, code, "lively")
        wait(lambda: lively.messages("WELCOME"), 10, "the welcome")
        silent = self.guest(2, code, "silent", beats=False)
        wait(lambda: silent.messages("WELCOME"), 10, "the welcome")
        welcomed = next(one["at"] for one in silent.said if one["message"]["type"] == "WELCOME")
        closed = wait(silent.closed, 25, "the close for silence")
        self.assertTrue(14.9 < closed["at"] - welcomed < 21, closed["at"] - welcomed)
        self.assertEqual(silent.messages("ERROR")[0]["code"], "HEARTBEAT_TIMEOUT")
        wait(lambda: lively.messages("MEMBER_LEFT"), 5, "MEMBER_LEFT")
        self.assertEqual(lively.messages("MEMBER_LEFT"), [{"deviceId": "silent", "reason": "Heartbeat timeout"}])
        self.assertIsNone(lively.closed())

    def test_host_killed_and_host_restarted(self):
        code = self.host()
        for index in (1, 2, 3):
            self.join(index, code)
        before = {member["id"]: member["joinedAt"] for member in self.pis[0].status()["members"] if member["role"] == "client"}
        self.programs[0].process.send_signal(signal.SIGKILL)
        self.programs[0].process.wait()
        wait(lambda: all(self.pis[index].status()["status"] == "disconnected" for index in (1, 2, 3)), 20, "the loss")
        time.sleep(3)
        self.start(0)
        wait(lambda: all(len(self.members(index)) == 4 for index in range(4)), 40, "everybody again")
        status = self.pis[0].status()
        self.assertEqual(status["sessionId"], code)
        self.assertEqual({member["id"]: member["joinedAt"] for member in status["members"] if member["role"] == "client"}, before)


if __name__ == "__main__":
    unittest.main()
