#!/usr/bin/env python3
"""asyncapi.json tells of nothing that the program never says, and every $ref of the two descriptions leads somewhere.

That each message the program says is described, the scenarios and the end-to-end tests see: every message any of their clients gets is held
against the file."""
import json
import pathlib
import re
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
API = ROOT / "app" / "page" / "public" / "api"
FILES = {name: json.loads((API / name).read_text()) for name in ("openapi.json", "asyncapi.json")}


def refs(node):
    if isinstance(node, dict):
        if isinstance(node.get("$ref"), str):
            yield node["$ref"]
        for value in node.values():
            yield from refs(value)
    elif isinstance(node, list):
        for value in node:
            yield from refs(value)


def leads_somewhere(ref, file):
    name, _, pointer = ref.partition("#")
    node = FILES.get(name or file)
    for key in pointer.strip("/").split("/"):
        if not isinstance(node, dict) or key not in node:
            return False
        node = node[key]
    return True


def main():
    wrong = [f"{file}: {ref} leads nowhere" for file, content in FILES.items() for ref in refs(content) if not leads_somewhere(ref, file)]
    said = set()
    for path in (ROOT / "app").rglob("*.cpp"):
        said |= set(re.findall(r'"([\w-]+)"', path.read_text()))
    for name in FILES["asyncapi.json"]["channels"]["told"]["messages"]:
        for part in name.split("."):
            if part not in said:
                wrong.append(f"asyncapi.json: the device tells {name}, but \"{part}\" stands nowhere below app/")
    print("\n".join(wrong) or "what is described is there")
    return bool(wrong)


if __name__ == "__main__":
    sys.exit(main())
