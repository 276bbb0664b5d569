"""What the program says, held against its descriptions, openapi.json and asyncapi.json."""
import functools
import json
from pathlib import Path

import jsonschema

API = Path(__file__).resolve().parents[2] / "app" / "page" / "public" / "api"
FILES = {name: json.loads((API / name).read_text()) for name in ("openapi.json", "asyncapi.json")}


def expanded(node, file: str):
    """Without $ref: what each leads to stands in its place."""
    if isinstance(node, list):
        return [expanded(one, file) for one in node]
    if not isinstance(node, dict):
        return node
    if "$ref" not in node:
        return {key: expanded(value, file) for key, value in node.items()}
    name, _, pointer = node["$ref"].partition("#")
    found = FILES[name or file]
    for key in pointer.strip("/").split("/"):
        found = found[key]
    return expanded(found, name or file)


@functools.cache
def _message_validator(name: str):
    told = FILES["asyncapi.json"]["channels"]["told"]["messages"]
    return jsonschema.Draft202012Validator(expanded(told[name]["payload"], "asyncapi.json")) if name in told else None


def _wrong(validator, name: str, content) -> list[str]:
    return [f"{name} at {'/'.join(map(str, error.absolute_path)) or 'its top'}: {error.message[:300]}" for error in validator.iter_errors(content)]


def wrong_with_frame(frame: dict) -> list[str]:
    """Nothing when the frame is as asyncapi.json has it."""
    name = f"{frame['type']}.{frame['eventType']}" if "eventType" in frame else frame["type"]
    validator = _message_validator(name)
    if validator is None:
        return [f"{name} is not described"]
    stamp = jsonschema.Draft202012Validator({"required": ["type", "timestamp"], "properties": {"timestamp": expanded({"$ref": "#/components/schemas/Time"}, "asyncapi.json")}})
    return _wrong(validator, name, frame) + _wrong(stamp, name, frame)


def wrong_with_answer(method: str, path: str, status: int, content_type: str, body: bytes) -> list[str]:
    """Nothing when the answer is as openapi.json has it; `path` as it stands there, with its braces."""
    name = f"{method} {path}"
    operation = FILES["openapi.json"]["paths"].get(path, {}).get(method.lower())
    if operation is None:
        return [f"{name} is not described"]
    responses = operation["responses"]
    response = expanded(responses.get(str(status), responses.get("default" if status >= 400 else "none")), "openapi.json")
    if response is None:
        return [f"{name} answered {status}, which is not described: {body[:200]!r}"]
    content = response["content"].get(content_type.split(";")[0])
    if content is None:
        return [f"{name} answered {content_type}, which is not described"]
    return _wrong(jsonschema.Draft202012Validator(content["schema"]), name, json.loads(body)) if "schema" in content else []
