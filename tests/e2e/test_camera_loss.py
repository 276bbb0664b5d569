"""The camera goes away and comes back."""
import asyncio
import time

import grid
from client import PATIENCE, ProgramTest, error_text

INTERVAL = 2
SHOTS = 26


class CameraLoss(ProgramTest):
    timed = True

    async def test_without_a_camera_nothing_starts(self):
        client = await self.ready_client()
        self.program.camera_power(False)
        await client.camera_away()
        await client.send("start_intervalometer_with_title", interval=5, shots=2)
        self.assertEqual(error_text(await client.expect("error")), "Camera not available")
        await client.send("take_photo")
        self.assertEqual(error_text(await client.expect("error")), "Camera not available")
        self.assertIsNone((await client.status())["intervalometer"])
        self.assertEqual(self.program.shots(), [])

    async def test_a_session_survives_it_on_its_grid_and_the_link_comes_back_at_5_10_20_s(self):
        client = await self.ready_client()
        with grid.Witness() as witness:
            session = await client.start(interval=INTERVAL, shots=SHOTS, title="Restart")
            for _ in range(3):
                self.assertTrue((await client.expect("event/photo_taken"))["data"]["success"])
            self.program.camera_power(False)
            waits = await self.watch_waits(client, 3)
            self.program.camera_power(True)
            await client.expect("timelapse_event/sessionCompleted", SHOTS * INTERVAL + PATIENCE)
        for (attempt, wait), (number, seconds) in zip(waits, ((1, 5), (2, 10), (3, 20))):
            self.assertEqual(attempt, number)
            self.assertTrue(seconds - 1 < wait <= seconds, f"attempt {number} is announced {wait:.1f} s ahead, not {seconds} s")

        photos = client.all("event/photo_taken")
        failed = [frame["data"] for frame in photos if not frame["data"]["success"]]
        self.assertGreater(len(failed), 0)
        for shot in failed:
            self.assertEqual(shot["sessionId"], session)
            self.assertTrue(shot["error"])
        self.assertTrue(photos[-1]["data"]["success"], "it shoots again at the end")

        shots = self.program.shots()
        self.assertEqual(len(shots), len(photos) - len(failed))
        where = grid.slots(shots, INTERVAL)
        self.assertEqual(where[:3], [0, 1, 2])
        self.assertGreater(where[3], 3)
        self.assertEqual(where[3:], list(range(where[3], where[-1] + 1)), "no slot is lost once the camera is back")
        grid.check(self, shots, INTERVAL, witness)

        status = (await client.status())["intervalometer"]
        self.assertEqual(status["state"], "completed")
        stats = status["stats"]
        self.assertEqual((stats["shotsSuccessful"], stats["shotsFailed"]), (len(shots), len(failed)))
        self.note(f"{len(shots)} taken, {len(failed)} failed, {stats['shotsMissed']} missed; waits announced: " + ", ".join(f"{wait:.2f} s" for _, wait in waits))
        self.assertTrue(client.all("discovery_event/primaryCameraDisconnected"))
        self.assertTrue(client.all("discovery_event/primaryCameraReconnected"))

    async def watch_waits(self, client, count) -> list[tuple[int, float]]:
        """(attempt, longest wait announced for it), in order, until `count` waits have begun. Asked for often: a periodic status would come too late."""
        waits: dict[int, float] = {}
        deadline = time.monotonic() + 60
        while len(waits) < count:
            camera = (await client.status())["camera"]
            if camera["state"] == "backing_off":
                self.assertFalse(camera["connected"])
                self.assertTrue(camera["lastError"])
                attempt = camera["attempt"]
                waits[attempt] = max(waits.get(attempt, 0), camera["retryInMs"] / 1000)
            self.assertLess(time.monotonic(), deadline, f"only {waits} in a minute")
            await asyncio.sleep(0.1)
        return sorted(waits.items())
