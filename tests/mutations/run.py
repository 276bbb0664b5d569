#!/usr/bin/env python3
"""Plants bugs, one at a time, and lets the simulated nights find them: proof that the invariants hold a net and not a wish.

Usage: run.py [--seeds N] [--hours H] [--only WORD]; works in a copy of the tree below build/mutations. Prints each bug with the seeds it
took; fails when one survives, or when a bug's place in the source is not found (then the source has moved on, and so must this list)."""
import argparse
import pathlib
import re
import shutil
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
TREE = ROOT / "build/mutations/tree"

# What is wrong, file, the text there, the text instead.
MUTATIONS = [
    ("a manual shutter button is never released", "drivers/canon/shutter.cpp",
     "  if (button_is_up) return finish();\n", "  if (button_is_up || exposure_->hold == hal::Duration{0}) return finish();\n"),
    ("a refused shot counts as taken", "drivers/canon/shutter.cpp",
     "  if (exposure->error)\n    exposure->completion(*exposure->error);\n  else\n", ""),
    ("every shot presses twice", "drivers/canon/shutter.cpp",
     "  exposure_.emplace(Exposure{button,",
     "  static hal::Operation again;\n  again = lanes_.client(lane)->request(command(button.path, \"{\\\"af\\\":false}\"), patience, [](const auto&) {});\n"
     "  exposure_.emplace(Exposure{button,"),
    ("clients hear of a shot before it is on the disk", "app/timelapse.cpp",
     "  journal_.append(std::move(line), [tell = std::move(tell)](const hal::Result<void>&) { tell(); });",
     "  journal_.append(std::move(line), [](const hal::Result<void>&) {});\n  tell();"),
    ("a shot is counted twice", "app/timelapse.cpp",
     "  note({slot_, ShotOutcome::saved, ", "  for (int i = 0; i < 2; ++i) note({slot_, ShotOutcome::saved, "),
    ("the last missed slot is forgotten", "app/timelapse.cpp",
     "for (std::uint32_t i = 0; i < slots; ++i) note(", "for (std::uint32_t i = 0; i + 1 < slots; ++i) note("),
    ("the end of a completed session is not in the journal", "app/timelapse.cpp",
     "  end(session_->request.stop_condition == \"stop-at\" ? Session::kStopTime : Session::kShotLimit);\n  keep(journal::end(session_->end_reason, *session_->ended), [this] {",
     "  end(session_->request.stop_condition == \"stop-at\" ? Session::kStopTime : Session::kShotLimit);\n  keep(\"\", [this] {"),
    ("a torn journal is written on", "app/timelapse_recovery.cpp",
     "journal_.resume(whole, torn);", "journal_.resume(whole, false);"),
    ("what the disk did not take is forgotten", "app/journal_file.cpp",
     "  torn_ = true;\n", "  torn_ = false;\n"),
    ("a camera opened anew abandons the photo that waits", "app/camera_slot.cpp",
     "  if (!held_ && std::exchange(reopen_wanted_, false))", "  if (std::exchange(reopen_wanted_, false))"),
    ("a lost uplink is sought every two seconds", "fsm/connection.h",
     "    void count_attempt() { ++attempts; }", "    void count_attempt() { attempts = 1; }"),
    ("who leaves the media server is told of again and again", "app/media_roster.cpp",
     "    if (!now.contains(id)) out.removed.push_back(one);", "    if (!now.contains(id)) for (int i = 0; i < 2; ++i) out.removed.push_back(one);"),
    ("a guest that has gone stays in the list", "app/session_registry.cpp",
     "  members_.erase(id);\n", ""),
    ("a report counts as saved before it is on the disk", "app/timelapse.cpp",
     "  const auto camera = camera_info();\n  const auto at = parts_.wall_clock.now();\n  parts_.reports.save(",
     "  const auto camera = camera_info();\n  const auto at = parts_.wall_clock.now();\n  return stored({});\n  parts_.reports.save("),
    ("what a power cut left is not looked for", "app/timelapse_recovery.cpp",
     "    else recovered(session);\n", ""),
    ("photo_taken is told twice", "app/nightjar.cpp",
     "    broadcast(photo_taken(wall_now(), shot.outcome == ShotOutcome::saved, shot.slot + 1, &session, error));",
     "    for (int i = 0; i < 2; ++i) broadcast(photo_taken(wall_now(), shot.outcome == ShotOutcome::saved, shot.slot + 1, &session, error));"),
    ("the camera's password is in the log", "app/camera_slot.cpp",
     "{\"address\", origin_->endpoint.text()}});\n  describing_",
     "{\"address\", origin_->endpoint.text() + (origin_->credentials ? origin_->credentials->password : \"\")}});\n  describing_"),
    ("a lost camera is sought only twice", "app/camera_slot.cpp",
     "void CameraSlot::open() {\n", "void CameraSlot::open() {\n  if (attempt() > 2) return;\n"),
    ("a shot that was given up may still press", "app/camera_slot.cpp",
     "void CameraSlot::report_timed_out() {", "void CameraSlot::report_timed_out() {\n  shoot();\n"),
    ("the backoff is never reset", "fsm/camera_link.h",
     "void begin_again() { attempt = 0; }", "void begin_again() {}"),
    ("a machine's timer is not armed again", "app/hosted.h",
     "    machine_.advance(runtime_.now(), port_, observer());\n    rearm();", "    machine_.advance(runtime_.now(), port_, observer());"),
    ("an answer that was forgotten is heard all the same", "app/hosted.h",
     "if (!alive.expired() && asked.name() == name)", "if (!alive.expired())"),
    ("the grid drifts by what each shot takes", "fsm/intervalometer.h",
     "wait = std::max(due(slot) - now, sml::Time{});", "wait = request.interval;"),
]


def run(command, **more):
    return subprocess.run(command, cwd=TREE, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, **more)


def build():
    done = run(["cmake", "--build", "build/release", "--target", "nightjar"])
    if done.returncode != 0:
        print(done.stdout[-3000:])
        sys.exit("the tree does not build")


def copy_tree():
    TREE.mkdir(parents=True, exist_ok=True)
    names = subprocess.run(["git", "ls-files", "-co", "--exclude-standard"], cwd=ROOT, text=True, stdout=subprocess.PIPE, check=True).stdout.split("\n")
    for name in filter(None, names):
        source, target = ROOT / name, TREE / name
        if not source.is_file() or (target.exists() and target.read_bytes() == source.read_bytes()):
            continue
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(source, target)
    run(["cmake", "--preset", "release", "-Wno-dev"], check=True)
    build()


def sweep(seeds, hours):
    return run(["build/release/nightjar", "simulate", "--seeds", f"1..{seeds}", "--hours", str(hours), "--as-found"], timeout=3600)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", type=int, default=1000)
    parser.add_argument("--hours", type=float, default=1)
    parser.add_argument("--only", default="")
    options = parser.parse_args()
    copy_tree()
    clean = sweep(50, options.hours)
    if clean.returncode != 0:
        print(clean.stdout)
        sys.exit("a night fails without any planted bug: mend that first")
    planted = survived = 0
    print(f"{'planted bug':<56} {'seeds':>5}  caught by")
    for what, path, *texts in MUTATIONS:
        if options.only not in what:
            continue
        planted += 1
        file = TREE / path
        whole = mutated = file.read_text(encoding="utf-8")
        for old, new in zip(texts[::2], texts[1::2]):
            if mutated.count(old) != 1:
                sys.exit(f"{path}: the place for \"{what}\" is there {mutated.count(old)} times")
            mutated = mutated.replace(old, new)
        file.write_text(mutated, encoding="utf-8")
        try:
            build()
            done = sweep(options.seeds, options.hours)
        finally:
            file.write_text(whole, encoding="utf-8")
        seed = re.search(r"FAIL  seed=(\d+)", done.stdout)
        promise = re.search(r"broken: (.*)", done.stdout)
        crashed = done.returncode not in (0, 1)
        survived += not seed and not crashed
        verdict = promise.group(1) if promise else f"it crashed ({done.returncode})" if crashed else "NOTHING: it survived"
        print(f"{what:<56} {seed.group(1) if seed else '-':>5}  {verdict}", flush=True)
    build()   # as it was: the next run begins from here
    print(f"{planted} planted bugs, {survived} survived")
    return 1 if survived else 0


if __name__ == "__main__":
    sys.exit(main())
