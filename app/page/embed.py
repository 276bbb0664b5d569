#!/usr/bin/env python3
"""Packs a folder of built web files into one C++ source defining nightjar::app::page_files() (app/page_files.h).

The same folder gives the same source, byte for byte: sorted paths, gzip without a time stamp.
"""
import argparse
import gzip
import hashlib
import pathlib
import sys

TYPES = {
    ".html": "text/html; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".svg": "image/svg+xml",
    ".png": "image/png",
    ".ico": "image/x-icon",
    ".json": "application/json",
    ".webmanifest": "application/manifest+json",
    ".woff2": "font/woff2",
    ".txt": "text/plain; charset=utf-8",
}


def byte_rows(data: bytes) -> str:
    return "\n".join("  " + ",".join(map(str, data[at:at + 40])) + "," for at in range(0, len(data), 40))


def pack(dist: pathlib.Path) -> str:
    paths = sorted(path for path in dist.rglob("*") if path.is_file())
    if dist / "index.html" not in paths:
        raise SystemExit(f"{dist}: no index.html; was the page built?")
    arrays, rows = [], []
    for index, path in enumerate(sorted(paths, key=lambda path: path.relative_to(dist).as_posix())):
        if path.suffix not in TYPES:
            raise SystemExit(f"{path}: no content type is known for {path.suffix or 'a name without suffix'}")
        content = path.read_bytes()
        packed = gzip.compress(content, compresslevel=9, mtime=0)
        etag = hashlib.sha256(content).hexdigest()[:16]
        arrays.append(f"constexpr unsigned char kFile{index}[] = {{\n{byte_rows(packed)}\n}};")
        rows.append(f'      PageFile{{"/{path.relative_to(dist).as_posix()}", "{TYPES[path.suffix]}", "\\"{etag}\\"", bytes(kFile{index})}},')
    return "\n".join([
        "// Generated from the built page by app/page/embed.py.",
        "#include <array>",
        "#include <cstddef>",
        "",
        '#include "app/page_files.h"',
        "",
        "namespace nightjar::app {",
        "namespace {",
        "",
        "\n\n".join(arrays),
        "",
        "template <std::size_t size>",
        "std::string_view bytes(const unsigned char (&data)[size]) {",
        "  return {reinterpret_cast<const char*>(data), size};",
        "}",
        "",
        "}  // namespace",
        "",
        "std::span<const PageFile> page_files() {",
        f"  static const std::array<PageFile, {len(rows)}> files{{{{",
        *rows,
        "  }};",
        "  return files;",
        "}",
        "",
        "}  // namespace nightjar::app",
        "",
    ])


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("dist", type=pathlib.Path, help="the built page")
    parser.add_argument("output", type=pathlib.Path, help="the C++ source to write")
    arguments = parser.parse_args()
    arguments.output.write_text(pack(arguments.dist), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
