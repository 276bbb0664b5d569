#!/usr/bin/env python3
"""The house holds: who includes whom, and that time, chance, threads and sockets come through the HAL only.

Usage: source_test.py ROOT; prints every breach as file:line and ends with the number of files it read.
`source_test.py --self-test` shows that each rule catches what it is for."""
import pathlib
import re
import sys

# Folder -> folders of ours it may include (design.md, "The house"). The longest matching folder counts.
MAY_INCLUDE = {
    "hal": {"hal"},
    "fsm/sml": {"fsm/sml"},
    "fsm": {"fsm", "fsm/sml", "hal"},
    "app": {"app", "fsm", "fsm/sml", "hal"},
    "drivers/net": {"drivers/net", "hal"},
    "drivers/canon": {"drivers/canon", "hal"},
    "drivers/jellyfin": {"drivers/jellyfin", "hal"},
    "drivers/linux": {"drivers/linux", "hal"},
    "sim": {"sim", "hal", "fsm", "fsm/sml", "app", "drivers/net", "drivers/canon", "drivers/jellyfin"},
    "boards": {"boards", "hal", "fsm", "fsm/sml", "app", "drivers/net", "drivers/canon", "drivers/jellyfin", "drivers/linux", "sim"},
}
# Outside drivers/linux none of this appears: it is what would make a seed not repeat.
AMBIENT = [
    (r"\b(steady|system|high_resolution)_clock::now\b", "reads a clock; take a hal::Clock"),
    (r"\bsleep_(for|until)\b|\b(u|nano)?sleep\s*\(", "sleeps"),
    (r"\brandom_device\b|\b(s?rand|drand48|getrandom|getentropy)\s*\(", "uses chance; take a hal::Random"),
    (r"\bstd::(jthread|thread|async|mutex|condition_variable)\b|#include <(thread|mutex|future|condition_variable)>", "uses threads"),
    (r"\b(gettimeofday|clock_gettime|localtime_r?|gmtime_r?)\s*\(|\btime\s*\(\s*(nullptr|NULL|0)\s*\)", "reads a clock; take a hal::WallClock"),
    (r"#include <(sys/|unistd\.h|netinet/|arpa/|net/|poll\.h|fcntl\.h|netdb\.h|asio|gpiod|systemd/|linux/|ifaddrs\.h|signal\.h|csignal)", "includes an OS header"),
]
LINES_MAX = 450
LONG_ON_PURPOSE = {f"fsm/sml/{part}.h" for part in ("engine", "language")}   # one reader, top to bottom


def room_of(path):
    rooms = [room for room in MAY_INCLUDE if path.startswith(room + "/")]
    return max(rooms, key=len) if rooms else None


def breaches(path, text):
    """(line number, what is wrong) for one file, by its path from the root."""
    room = room_of(path)
    if room is None:
        return
    if room == "hal" and path.endswith(".cpp"):
        yield 1, "hal/ holds interfaces and values, no .cpp"
    lines = text.splitlines()
    if len(lines) > LINES_MAX and path not in LONG_ON_PURPOSE:
        yield LINES_MAX, f"has {len(lines)} lines, more than {LINES_MAX}: is that one reason to change?"
    for number, line in enumerate(lines, 1):
        include = re.match(r'\s*#include "([^"]+)"', line)
        if include:
            target = room_of(include.group(1))
            if target is None:
                yield number, f'"{include.group(1)}" is not named from the root'
            elif target not in MAY_INCLUDE[room]:
                yield number, f"{room}/ may not include {target}/"
        code = line.split("//")[0]
        if room not in ("drivers/linux",):
            for pattern, what in AMBIENT:
                if room == "boards" and "OS header" in what:
                    continue
                if re.search(pattern, code):
                    yield number, what
        if re.search(r"\b(TODO|FIXME|XXX|HACK)\b", line):
            yield number, "a left-over"


def self_test():
    wrong = {
        "hal/a.h": '#include "fsm/capture.h"',
        "fsm/a.h": "auto t = std::chrono::steady_clock::now();",
        "app/a.cpp": '#include "drivers/net/tls.h"',
        "app/b.cpp": "std::this_thread::sleep_for(1s);",
        "sim/a.cpp": "std::random_device chance;",
        "drivers/net/a.cpp": "#include <sys/socket.h>",
        "drivers/canon/a.cpp": "std::thread worker;",
        "drivers/jellyfin/a.cpp": '#include "drivers/net/url.h"',
        "app/c.cpp": "x = time(nullptr);",
        "hal/b.cpp": "",
        "app/d.cpp": "\n" * (LINES_MAX + 1),
        "drivers/linux/a.cpp": '#include "drivers/net/tls.h"',
    }
    right = {
        "drivers/linux/a.cpp": "auto t = std::chrono::steady_clock::now();  #include <sys/socket.h>",
        "app/a.cpp": '#include "fsm/capture.h"\n// steady_clock::now is not for us',
        "sim/a.cpp": '#include "drivers/net/tls.h"',
    }
    missed = [path for path, text in wrong.items() if not list(breaches(path, text))]
    false = [path for path, text in right.items() if list(breaches(path, text))]
    for path in missed:
        print(f"not caught: {path}: {wrong[path].strip()}")
    for path in false:
        print(f"wrongly caught: {path}: {right[path]}")
    return 1 if missed or false else 0


def main():
    if sys.argv[1:] == ["--self-test"]:
        return self_test()
    root = pathlib.Path(sys.argv[1])
    count = found = 0
    for path in sorted(root.rglob("*")):
        name = path.relative_to(root).as_posix()
        if path.suffix not in (".h", ".cpp") or "node_modules" in name or room_of(name) is None:
            continue
        count += 1
        for line, what in breaches(name, path.read_text(encoding="utf-8")):
            print(f"{name}:{line}: {what}")
            found += 1
    print(f"{count} files read, {found} breaches")
    return 1 if found or count < 20 else 0


if __name__ == "__main__":
    sys.exit(main())
