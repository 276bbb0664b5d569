"""Every operation of openapi.json, once over, on the real program; every answer is as the file has it."""
import asyncio
import json
import re
import urllib.error
import urllib.request

import described
from client import ProgramTest


class Described(ProgramTest):
    async def asyncSetUp(self):
        await super().asyncSetUp()
        self.asked: set[str] = set()

    async def ask(self, method: str, path: str, data=None, wanted: int | tuple[int, ...] = 200, **values):
        """Asks, holds the answer against openapi.json, and gives its body; `values` stand in the braces."""
        target = re.sub(r"{(\w+)}", lambda found: values[found.group(1)], path)
        query = values.get("query", "")
        return await asyncio.get_running_loop().run_in_executor(None, self._ask, method, path, target + query, data, wanted)

    def _ask(self, method, path, target, data, wanted):
        body = None if data is None else json.dumps(data).encode()
        request = urllib.request.Request(self.program.url + target, body, {"Content-Type": "application/json"}, method=method)
        try:
            with urllib.request.urlopen(request, timeout=20) as answer:
                status, headers, content = answer.status, answer.headers, answer.read()
        except urllib.error.HTTPError as error:
            status, headers, content = error.code, error.headers, error.read()
        self.assertIn(status, wanted if isinstance(wanted, tuple) else (wanted,), f"{method} {target}: {content[:300]!r}")
        self.assertEqual(described.wrong_with_answer(method, path, status, headers["Content-Type"], content), [])
        self.asked.add(f"{method} {path}")
        return json.loads(content) if headers["Content-Type"].startswith("application/json") else content

    async def test_every_operation_answers_as_described(self):
        client = await self.ready_client()
        for path in ("/health", "/api/status", "/api/machines", "/api/machines/tables", "/api/openapi.json", "/api/asyncapi.json"):
            await self.ask("GET", path)

        await self.ask("GET", "/api/camera/last-picture", wanted=404)
        await self.ask("POST", "/api/camera/photo")
        await self.ask("GET", "/api/camera/last-picture")
        camera = await self.ask("GET", "/api/camera/status")
        self.assertTrue(camera["connected"])
        await self.ask_of_the_camera()
        await self.ask_of_the_time()
        await self.ask_of_the_network()
        await self.ask_of_others()

        where = {"ip": "127.0.0.1", "port": self.program.camera_port, "https": True}
        await self.ask("POST", "/api/discovery/connect", where)
        await self.ask("POST", "/api/discovery/connect", {"ip": "nowhere"}, wanted=400)
        await self.ask("POST", "/api/discovery/scan", wanted=202)
        await self.ask("GET", "/api/discovery/status")
        self.assertEqual((await self.ask("GET", "/api/discovery/last-ip"))["lastIP"], "127.0.0.1")
        uuid = (await self.ask("GET", "/api/discovery/cameras"))["cameras"][0]["uuid"]
        await self.ask("POST", "/api/discovery/primary/{uuid}", uuid=uuid)
        await self.ask("POST", "/api/discovery/primary/{uuid}", uuid="nobody", wanted=404)
        await self.ask("PUT", "/api/discovery/cameras/{uuid}/name", {"name": "Left"}, uuid=uuid)
        self.assertEqual((await self.ask("GET", "/api/discovery/cameras/{uuid}", uuid=uuid))["info"]["name"], "Left")
        await self.ask("GET", "/api/discovery/cameras/{uuid}", uuid="nobody", wanted=404)

        self.assertEqual(await self.ask("GET", "/api/intervalometer/status"), {"running": False, "state": "stopped"})
        for what in ("stop", "pause", "resume"):
            await self.ask("POST", f"/api/intervalometer/{what}", wanted=409)
        await self.ask("PATCH", "/api/intervalometer", {"interval": 5}, wanted=409)
        await self.ask("POST", "/api/intervalometer/start", {"interval": 0}, wanted=400)
        started = await self.ask("POST", "/api/intervalometer/start", {"interval": 1, "shots": 100, "title": "Stars", "late": "shift"})
        session = started["sessionId"]
        await self.ask("POST", "/api/intervalometer/start", {"interval": 1}, wanted=409)
        await client.expect("event/photo_taken")
        self.assertEqual((await self.ask("POST", "/api/intervalometer/pause"))["status"]["state"], "paused")
        await client.expect("timelapse_event/sessionPaused")
        await self.ask("POST", "/api/intervalometer/pause", wanted=409)
        await self.ask("PATCH", "/api/intervalometer", {"interval": 2, "shots": 50})
        await client.expect("timelapse_event/sessionReplanned")
        self.assertEqual((await self.ask("POST", "/api/intervalometer/resume"))["status"]["state"], "running")
        self.assertEqual((await self.ask("GET", "/api/intervalometer/status"))["options"]["totalShots"], 50)
        await client.expect("event/photo_taken")
        await self.ask("DELETE", "/api/discovery/cameras/{uuid}", uuid=uuid, wanted=409)
        self.assertEqual((await self.ask("POST", "/api/intervalometer/stop"))["status"]["state"], "stopped")

        self.assertEqual((await self.ask("GET", "/api/timelapse/unsaved-session"))["unsavedSession"]["sessionId"], session)
        await self.ask("POST", "/api/intervalometer/start", {"interval": 1}, wanted=409)
        await self.ask("POST", "/api/timelapse/sessions/{id}/save", {"title": "Milky Way"}, id=session)
        await self.ask("POST", "/api/timelapse/sessions/{id}/save", id=session, wanted=409)
        self.assertEqual(await self.ask("GET", "/api/timelapse/unsaved-session"), {"unsavedSession": None})
        await self.ask("POST", "/api/intervalometer/start", {"interval": 1, "shots": 1})
        await client.expect("timelapse_event/sessionCompleted")
        other = (await self.ask("GET", "/api/timelapse/unsaved-session"))["unsavedSession"]["sessionId"]
        await self.ask("POST", "/api/timelapse/sessions/{id}/discard", id=other)

        page = await self.ask("GET", "/api/timelapse/reports", query="?limit=1")
        self.assertEqual([report["title"] for report in page["reports"]], ["Milky Way"])
        await self.ask("GET", "/api/timelapse/reports", query="?limit=1000", wanted=400)
        report = await self.ask("GET", "/api/timelapse/reports/{id}", id=session)
        self.assertEqual([change["what"] for change in report["changes"]], ["paused", "replanned", "went_on"])
        csv = await self.ask("GET", "/api/timelapse/reports/{id}/csv", id=f"report-{session}")
        self.assertEqual(csv.count(b"\r\n"), len(report["shots"]) + 1)
        renamed = await self.ask("PUT", "/api/timelapse/reports/{id}/title", {"title": "Dawn"}, id=session)
        self.assertEqual(renamed["report"]["title"], "Dawn")
        await self.ask("PUT", "/api/timelapse/reports/{id}/title", {}, id=session, wanted=400)
        await self.ask("DELETE", "/api/timelapse/reports/{id}", id=session)
        await self.ask("GET", "/api/timelapse/reports/{id}", id=session, wanted=404)
        await self.ask("DELETE", "/api/timelapse/reports/{id}", id=session, wanted=404)
        await self.ask("DELETE", "/api/discovery/cameras/{uuid}", uuid=uuid)
        await self.ask("POST", "/api/camera/photo", wanted=503)

        operations = {f"{method.upper()} {path}" for path, methods in described.FILES["openapi.json"]["paths"].items() for method in methods if method != "parameters"}
        self.assertEqual(sorted(operations - self.asked - ASKED_ELSEWHERE), [], "described, and asked by no test")

    async def ask_of_the_camera(self):
        self.assertIn("800", (await self.ask("GET", "/api/camera/settings"))["iso"]["ability"])
        self.assertEqual((await self.ask("PUT", "/api/camera/settings/{name}", {"value": "800"}, name="iso"))["value"], "800")
        await self.ask("PUT", "/api/camera/settings/{name}", {}, name="iso", wanted=400)
        await self.ask("GET", "/api/camera/battery")
        await self.ask("GET", "/api/camera/storage")
        capture = (await self.ask("POST", "/api/camera/liveview/capture"))["id"]
        self.assertEqual([one["id"] for one in (await self.ask("GET", "/api/camera/liveview/images"))["captures"]], [capture])
        await self.ask("GET", "/api/camera/liveview/images/{id}", id=capture)
        self.assertEqual((await self.ask("GET", "/api/camera/liveview/images/{id}/file", id=capture))[:2], b"\xff\xd8")
        await self.ask("DELETE", "/api/camera/liveview/images/{id}", id=capture)
        for what in ("", "/file"):
            await self.ask("GET", "/api/camera/liveview/images/{id}" + what, id=capture, wanted=404)
        await self.ask("DELETE", "/api/camera/liveview/images/{id}", id=capture, wanted=404)
        await self.ask("DELETE", "/api/camera/liveview/clear")

    async def ask_of_the_time(self):
        """Not to set this machine's clock: of that only the refusal."""
        await self.ask("GET", "/api/timesync/status")
        await self.ask("POST", "/api/timesync/camera")
        await self.ask("GET", "/api/system/time")
        await self.ask("POST", "/api/system/time", {"timestamp": 1}, wanted=400)

    async def ask_of_the_network(self):
        """Not to change this machine's Wi-Fi, if it has one: of those that would only the refusal."""
        await self.ask("GET", "/api/network/wifi/scan", wanted=(200, 409, 501, 502, 503, 504))
        await self.ask("GET", "/api/network/wifi/saved", wanted=(200, 409, 501, 502, 503, 504))
        await self.ask("POST", "/api/network/wifi/connect", {}, wanted=400)
        await self.ask("POST", "/api/network/accesspoint/configure", {}, wanted=400)

    async def ask_of_others(self):
        """Other devices and servers, none of which is there."""
        self.assertEqual((await self.ask("GET", "/api/session"))["status"], "idle")
        await self.ask("POST", "/api/session/host", {"maxMembers": 1}, wanted=400)
        await self.ask("POST", "/api/session/join", {"code": "!"}, wanted=400)
        await self.ask("POST", "/api/session/kick", {}, wanted=400)
        for what in ("leave", "end", "fire"):
            await self.ask("POST", f"/api/session/{what}", wanted=400)
        await self.ask("POST", "/api/session/share-intervalometer", {"on": True}, wanted=400)
        await self.ask("POST", "/api/session/share-intervalometer", {"on": False})
        await self.ask("POST", "/api/session/discover")
        await self.ask("GET", "/api/media-server", wanted=404)
        await self.ask("GET", "/api/uplink/metrics", wanted=404)
        for what in ("connect", "retry", "logout"):
            await self.ask("POST", f"/api/uplink/{what}", wanted=404)
        self.assertEqual(await self.ask("GET", "/metrics"), b"")

    async def test_every_answer_over_the_socket_is_as_described(self):
        """The client holds every frame against asyncapi.json; here are those that no other test brings about."""
        client = await self.ready_client()
        session = await client.start(interval=1, shots=3, title="Stars")
        await client.expect("timelapse_event/sessionCompleted")
        await client.send("get_unsaved_session")
        self.assertEqual((await client.expect("unsaved_session"))["data"]["unsavedSession"]["sessionId"], session)
        await client.send("save_session_as_report", sessionId=session)
        await client.expect("timelapse_event/reportSaved")
        await client.send("get_timelapse_reports")
        self.assertEqual((await client.expect("timelapse_reports"))["data"]["total"], 1)
        await client.send("get_timelapse_report", id=session)
        self.assertEqual(len((await client.expect("timelapse_report"))["data"]["report"]["shots"]), 3)
        await client.send("update_report_title", sessionId=f"report-{session}", title="Dawn")
        self.assertEqual((await client.expect("report_title_updated"))["data"]["report"]["title"], "Dawn")
        await client.expect("timelapse_event/report_updated")
        await client.send("delete_timelapse_report", id=session)
        await client.expect("report_deleted")
        await client.expect("timelapse_event/report_deleted")
        await client.send("get_timelapse_report", id=session)
        self.assertEqual((await client.expect("error"))["data"]["message"], "Report not found")


# Operations that would change the Wi-Fi of the machine this runs on; tests/scenarios/wifi_test.cpp asks them of a simulated one.
ASKED_ELSEWHERE: set[str] = {
    "DELETE /api/network/wifi/saved/{ssid}",
    "POST /api/network/wifi/disconnect",
    "POST /api/network/accesspoint/stop",
}
