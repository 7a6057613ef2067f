"""The event vocabulary as TypeScript, for web/src/shared/events.gen.ts (`make types`)."""

import json
import sys
from typing import Any

from asha.core.asha_events import EVENT

Schema = dict[str, Any]
_PLAIN = {"string": "string", "integer": "number", "number": "number", "boolean": "boolean"}


def typescript() -> str:
    """One `interface` per event and part, and the union `AshaEvent`."""
    schema = EVENT.json_schema(mode="serialization")
    names = [ref["$ref"].rsplit("/", 1)[1] for ref in schema["oneOf"]]
    blocks = [_interface(name, body) for name, body in sorted(schema["$defs"].items())]
    union = "export type AshaEvent =\n" + "\n".join(f"  | {name}" for name in names) + ";"
    head = "// Generated from the server's event schema by `make types`. Do not edit."
    return "\n\n".join([head, *blocks, union]) + "\n"


def _interface(name: str, body: Schema) -> str:
    lines = [f"export interface {name} {{"]
    if text := body.get("description"):
        lines.insert(0, f"/** {text.splitlines()[0]} */")
    for key, part in body.get("properties", {}).items():
        # The server writes every field; those with a default are still always there.
        lines.append(f"  {json.dumps(key) if not key.isidentifier() else key}: {_type(part)};")
    return "\n".join([*lines, "}"])


def _type(part: Schema) -> str:
    if "$ref" in part:
        return str(part["$ref"]).rsplit("/", 1)[1]
    if "const" in part:
        return json.dumps(part["const"])
    if "enum" in part:
        return " | ".join(json.dumps(value) for value in part["enum"])
    if "anyOf" in part:
        return " | ".join(_type(arm) for arm in part["anyOf"])
    kind = part.get("type")
    if kind == "array":
        inner = _type(part.get("items", {}))
        return f"({inner})[]" if "|" in inner else f"{inner}[]"
    if kind == "object":
        values = part.get("additionalProperties")
        return f"Record<string, {_type(values) if isinstance(values, dict) else 'unknown'}>"
    if kind == "null":
        return "null"
    return _PLAIN.get(str(kind), "unknown")


if __name__ == "__main__":
    sys.stdout.write(typescript())
