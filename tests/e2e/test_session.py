"""The main job: a timelapse from start to report."""
import json
import uuid
from datetime import datetime

import grid
from client import PATIENCE, ProgramTest, error_text


def instant(text: str) -> datetime:
    return datetime.fromisoformat(text.replace("Z", "+00:00"))


class Photo(ProgramTest):
    async def test_take_photo_fires_the_shutter_and_tells_everybody(self):
        client, other = await self.ready_client(), await self.client()
        await client.send("take_photo")
        taken = await client.expect("event/photo_taken")
        self.assertIs(taken["data"]["success"], True)
        self.assertNotIn("sessionId", taken["data"])
        self.assertIs((await client.expect("operation_result"))["success"], True)
        await other.expect("event/photo_taken")
        self.assertEqual(len(self.program.shots()), 1)

    async def test_each_shot_has_a_picture_of_its_own(self):
        client = await self.ready_client()
        pictures = []
        for _ in range(2):
            await client.send("take_photo")
            await client.expect("event/photo_taken")
            status, headers, jpeg = self.program.get("/api/camera/last-picture")
            self.assertEqual((status, headers["Content-Type"]), (200, "image/jpeg"))
            self.assertEqual((jpeg[:2], jpeg[-2:]), (b"\xff\xd8", b"\xff\xd9"))
            pictures.append(jpeg)
        self.assertNotEqual(*pictures)

    async def test_the_camera_is_spoken_to_over_tls(self):
        version, certificate, status = self.program.camera_tls()
        self.assertIn(version, ("TLSv1.2", "TLSv1.3"))
        self.assertTrue(certificate)
        self.assertEqual(status, 200)


class MainJob(ProgramTest):
    timed = True

    async def test_ten_shots_two_seconds_apart_and_the_report(self):
        client, other = await self.ready_client(), await self.client()
        with grid.Witness() as witness:
            await client.send("start_intervalometer_with_title", interval=2, shots=10, title="Night Sky")
            started = await client.expect("timelapse_event/sessionStarted")
            session = started["data"]["sessionId"]
            self.assertEqual((started["data"]["title"], started["data"]["interval"]), ("Night Sky", 2))
            self.assertIs((await client.expect("operation_result"))["success"], True)
            for number in range(1, 11):
                taken = await client.expect("event/photo_taken", 2 + PATIENCE)
                self.assertEqual((taken["data"]["success"], taken["data"]["shotNumber"]), (True, number))
            completed = await client.expect("timelapse_event/sessionCompleted")
        self.assertEqual(completed["data"]["sessionId"], session)

        shots = self.program.shots()
        self.assertEqual(grid.slots(shots, 2), list(range(10)))
        grid.check(self, shots, 2, witness)
        connections = {shot["connection"] for shot in shots}
        self.assertLessEqual(len(connections), 2, f"ten shots on the two connections that are kept alive, not on {connections}")

        status = (await client.status())["intervalometer"]
        self.assertEqual((status["sessionId"], status["state"], status["unsaved"]), (session, "completed", True))
        figures = [status["stats"][name] for name in ("shotsTaken", "shotsSuccessful", "shotsFailed", "shotsMissed")]
        self.assertEqual(figures, [10, 10, 0, 0])
        self.assertEqual(self.program.reports(), {})

        await client.send("save_session_as_report", sessionId=session, title="Night Sky, north")
        saved = await client.expect("timelapse_event/reportSaved")
        self.assertEqual(saved["data"]["title"], "Night Sky, north")
        (path, report), = self.program.reports().items()
        self.assertIn(session, path.name)
        self.check_report(report, session, saved["data"]["reportId"])
        await client.expect("operation_result", where=lambda frame: frame["success"])
        self.assertIsNone((await client.status())["intervalometer"])
        self.assertEqual(len(other.all("event/photo_taken")), 10, "the other client saw every shot")
        await other.expect("timelapse_event/reportSaved")

    def check_report(self, report, session, report_id):
        self.assertEqual((report["id"], report["sessionId"], report["title"], report["status"]), (report_id, session, "Night Sky, north", "completed"))
        plan = report["intervalometer"]
        self.assertEqual((plan["interval"], plan["numberOfShots"], plan["stopCondition"]), (2, 10, "stop-after"))
        results = report["results"]
        self.assertEqual((results["imagesCaptured"], results["imagesSuccessful"], results["imagesFailed"], results["errors"]), (10, 10, 0, []))
        took = (instant(report["endTime"]) - instant(report["startTime"])).total_seconds()
        self.assertTrue(18 <= took <= 18 + PATIENCE, took)
        self.assertIn("metadata", report)

    async def test_the_status_tells_the_running_session(self):
        client = await self.ready_client()
        session = await client.start(interval=2, shots=50, title="Status")
        await client.expect("event/photo_taken")
        late = await self.client()
        running = (await late.expect("welcome"))["intervalometer"]
        self.assertEqual((running["sessionId"], running["title"], running["state"]), (session, "Status", "running"))
        self.assertFalse(running.get("unsaved", False))
        self.assertEqual((running["options"]["interval"], running["options"]["totalShots"]), (2, 50))
        self.assertGreaterEqual(running["stats"]["shotsTaken"], 1)
        self.assertGreater(instant(running["stats"]["nextShotTime"]), instant(running["stats"]["startTime"]))

    async def test_a_client_that_goes_takes_nothing_with_it(self):
        client = await self.ready_client()
        await client.start(interval=1, shots=4)
        client.socket.transport.abort()
        other = await self.client()
        await other.expect("timelapse_event/sessionCompleted", 4 + PATIENCE)
        self.assertEqual(len(self.program.shots()), 4)


class Stopping(ProgramTest):
    async def test_stop_ends_the_session_and_it_waits_unsaved(self):
        client = await self.ready_client()
        session = await client.start(interval=2, title="Endless", stopCondition="unlimited")
        await client.expect("event/photo_taken")
        await client.send("stop_intervalometer")
        stopped = await client.expect("timelapse_event/sessionStopped")
        self.assertEqual(stopped["data"]["sessionId"], session)
        self.assertIs((await client.expect("operation_result"))["success"], True)
        status = (await client.status())["intervalometer"]
        self.assertEqual((status["state"], status["unsaved"]), ("stopped", True))
        before = len(self.program.shots())
        await client.expect("status_update", 11)  # a whole interval and more
        self.assertEqual(len(self.program.shots()), before)

    async def test_stop_without_a_session_is_an_error(self):
        client = await self.ready_client()
        await client.send("stop_intervalometer")
        self.assertEqual(error_text(await client.expect("error")), "No active session")

    async def test_a_second_start_while_one_runs_is_refused(self):
        client = await self.ready_client()
        session = await client.start(interval=2, shots=100)
        await client.send("start_intervalometer_with_title", interval=2, shots=5)
        error_text(await client.expect("error"))
        self.assertEqual((await client.status())["intervalometer"]["sessionId"], session)

    async def test_what_is_out_of_range_starts_nothing(self):
        client = None
        good = {"interval": 5, "shots": 3}
        wrong = [{"interval": 0.5}, {"interval": 0}, {"interval": -5}, {"interval": 86401}, {"interval": "5"}, {"interval": None}, {"shots": 0}, {"shots": 100001}, {"shots": 2.5},
                 {"stopTime": "25:00", "stopCondition": "stop-at"}, {"stopTime": "soon", "stopCondition": "stop-at"}, {"stopCondition": "whenever"}, {"title": 7}]
        for index, part in enumerate(wrong):
            if index % 5 == 0:  # ten bad messages would close the connection
                client = await self.ready_client()
            with self.subTest(part=part):
                await client.send("start_intervalometer_with_title", **{**good, **part})
                error_text(await client.expect("error"))
        self.assertIsNone((await client.status())["intervalometer"])
        self.assertEqual(self.program.shots(), [])


class Deciding(ProgramTest):
    async def finished(self, client, title) -> str:
        session = await client.start(interval=1, shots=2, title=title)
        await client.expect("timelapse_event/sessionCompleted")
        return session

    async def test_a_start_waits_for_the_decision_about_the_unsaved_session(self):
        client = await self.ready_client()
        for decision in ("save_session_as_report", "discard_session"):
            first = await self.finished(client, "First")
            await client.send("start_intervalometer_with_title", interval=1, shots=2, title="Second")
            self.assertEqual((await client.expect("timelapse_event/unsavedSessionFound"))["data"]["sessionId"], first)
            before = len(self.program.shots())
            self.assertEqual((await client.status())["intervalometer"]["sessionId"], first)
            self.assertEqual(len(self.program.shots()), before, "nothing is shot while the question is open")
            await client.send(decision, sessionId=first)
            done = "reportSaved" if decision.startswith("save") else "sessionDiscarded"
            await client.expect(f"timelapse_event/{done}")
            second = await client.expect("timelapse_event/sessionStarted")
            self.assertEqual(second["data"]["title"], "Second")
            await client.expect("timelapse_event/sessionCompleted")
            await client.send("discard_session", sessionId=second["data"]["sessionId"])
            await client.expect("timelapse_event/sessionDiscarded")
        self.assertEqual([report["title"] for report in self.program.reports().values()], ["First"])

    async def test_discarding_leaves_no_file(self):
        client = await self.ready_client()
        session = await self.finished(client, "Nothing")
        await client.send("discard_session", sessionId=session)
        self.assertEqual((await client.expect("timelapse_event/sessionDiscarded"))["data"]["sessionId"], session)
        self.assertIs((await client.expect("operation_result"))["success"], True)
        self.assertIsNone((await client.status())["intervalometer"])
        self.assertEqual(self.program.reports(), {})

    async def test_deciding_about_a_session_that_is_not_there_is_an_error(self):
        client = await self.ready_client()
        await self.finished(client, "Here")
        for kind in ("save_session_as_report", "discard_session"):
            await client.send(kind, sessionId=str(uuid.uuid4()))
            error_text(await client.expect("error"))
        self.assertTrue((await client.status())["intervalometer"]["unsaved"])

    async def test_a_title_is_text_and_never_a_path(self):
        client = await self.ready_client()
        session = await self.finished(client, "x")
        title = '../../etc/passwd "quoted" \u2603 \n'
        await client.send("save_session_as_report", sessionId=session, title=title)
        await client.expect("timelapse_event/reportSaved")
        (path, report), = self.program.reports().items()
        self.assertEqual(report["title"].strip(), title.strip())
        self.assertEqual(json.loads(path.read_text()), report)
