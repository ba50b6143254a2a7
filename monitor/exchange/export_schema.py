"""The JSON Schema of the lines of an export, made from what travels; docs/export.schema.json."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from monitor.record.shapes import shapes

if TYPE_CHECKING:
    from monitor.record.shapes import Column, Shape

_TIME = {"type": "string", "format": "date-time"}
_SHA256 = {"type": "string", "pattern": "^[0-9a-f]{64}$"}
_PLACE = {"type": "integer", "minimum": 1}
_ID = _PLACE | {"description": "Its number in the archive it is of; means nothing elsewhere."}
_KINDS: dict[str, dict[str, Any]] = {
    "text": {"type": "string"},
    "integer": {"type": "integer"},
    "number": {"type": "number"},
    "boolean": {"type": "boolean"},
    "time": _TIME,
    "digest": _SHA256,
    "content": _SHA256 | {"description": "SHA-256 of the body, which stands in a line before."},
    "heads": {
        "type": "array",
        "description": "Source, number and digest of the last link of each chain.",
        "items": {
            "type": "array",
            "prefixItems": [{"type": "string"}, {"type": "integer", "minimum": 1}, _SHA256],
            "minItems": 3,
            "maxItems": 3,
        },
    },
    "packed": {
        "type": "array",
        "items": {"type": "array", "items": {"type": "string"}, "minItems": 2, "maxItems": 2},
        "description": "Pairs of name and value, in the order they came.",
    },
    "document": {
        "type": "object",
        "properties": {"title": {"type": "string"}, "text": {"type": "string"}},
        "required": ["title", "text"],
        "description": "What was read: title, text (one block a line), sections, dates, notes.",
    },
    "comparison": {
        "type": "object",
        "required": ["edits", "clear"],
        "description": "The edits with their hunks and words; the lines of both sides only where "
        "they are not those of the versions.",
    },
}
_JSON: dict[str, dict[str, Any]] = {
    "definition": {"type": "object"},
    "hops": {"type": "array"},
    "tags": {"type": "array", "items": {"type": "string"}},
    "dates": {"type": "object"},
    "old_dates": {"type": "object"},
    "new_dates": {"type": "object"},
    "sections": {"type": "array"},
    "findings": {"type": "array"},
    "words": {"type": "array", "items": {"type": "string"}},
}
_TITLES = {
    "source": "A policy that is watched, as configured, and its state after its last check.",
    "rules": "What a revision of rules says.",
    "capture": "A body as it arrived: when, from where, with which headers, and why it is kept.",
    "version": "A document that differs from the one before it, and the capture it was read from.",
    "change": "What leads from one version to another. It happened after last_seen_unchanged_at "
    "and by first_seen_at.",
    "review": "What a person thought of a change.",
    "link": "A link of the source's chain: docs/evidence.md.",
    "deadline": "A day that a version announces.",
    "check": "One look at the source, whatever it found.",
    "passage": "A passage that has come and gone.",
    "outage": "A time in which the source could not be read.",
    "seal": "A time stamp of an authority over the last links of chains: docs/evidence.md.",
    "trouble": "A time in which a channel refused what it was sent.",
    "batch": "A digest; the deliveries in it name its key.",
    "delivery": "Who was, or is still to be, told of something, and the attempts.",
}


def json_schema() -> dict[str, Any]:
    """Return the schema of one line."""
    kinds = {name: _of(shapes()[name]) for name in _TITLES}
    kinds["delivery"]["properties"] |= {"id": _ID, "attempts": _attempts()}
    kinds |= {"archive": _archive(), "body": _body(), "end": _end()}
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "One line of `monitor export jsonl`",
        "oneOf": [{"$ref": f"#/$defs/{name}"} for name in sorted(kinds)],
        "$defs": {name: kinds[name] for name in sorted(kinds)},
    }


def _of(shape: Shape) -> dict[str, Any]:
    properties: dict[str, Any] = {"type": {"const": shape.type}}
    required = ["type"]
    if shape.numbered:
        place = f"Its place among those of its source, counted from 1; what {shape.type} refers to."
        properties |= {shape.type: _PLACE | {"description": place}, "id": _ID}
        required += [shape.type, "id"]
    for column in shape.columns:
        properties[column.key] = _column(column)
        required += [column.key] * column.needed
    return _object(_TITLES[shape.type], properties, required)


def _column(column: Column) -> dict[str, Any]:
    if column.kind == "reference":
        found = _reference(column.to)
    else:
        found = _JSON[column.key] if column.kind == "json" else _KINDS[column.kind]
    return {**found, "type": [found["type"], "null"]} if column.nullable else found


def _reference(to: str) -> dict[str, Any]:
    if to == "batch":
        return {"type": "string", "description": "The key of a batch."}
    called = "number" if to == "version" else "place"
    return _PLACE | {"description": f"The {called} of a {to}."}


def _attempts() -> dict[str, Any]:
    columns = [column for column in shapes()["attempt"].columns if column.to != "delivery"]
    properties = {column.key: _column(column) for column in columns}
    return {
        "type": "array",
        "items": {
            "type": "object",
            "properties": properties,
            "required": [column.key for column in columns if column.needed],
            "additionalProperties": False,
        },
    }


def _archive() -> dict[str, Any]:
    properties = {
        "type": {"const": "archive"},
        "format": {"const": 1},
        "schema": {"type": "string", "description": "Revision of the database it is of."},
        "instance": {"type": "string", "description": "Which installation it is of; random."},
        "created_at": _TIME,
        "deliveries": {"type": "boolean", "description": "Whether deliveries are in it."},
    }
    return _object("The first line.", properties, [*properties])


def _body() -> dict[str, Any]:
    properties = {
        "type": {"const": "body"},
        "sha256": _SHA256,
        "text": {"type": "string", "description": "The bytes, where they are UTF-8."},
        "base64": {"type": "string", "contentEncoding": "base64"},
    }
    found = _object("The bytes of a capture.", properties, ["type", "sha256"])
    return found | {"oneOf": [{"required": ["text"]}, {"required": ["base64"]}]}


def _end() -> dict[str, Any]:
    properties = {
        "type": {"const": "end"},
        "source": {"type": "string", "description": "Empty for what belongs to no source."},
        "records": {"type": "integer"},
        "sha256": _SHA256
        | {
            "description": "Of the records since the last end, without `id`, each as JSON with "
            "sorted keys and without spaces, in ASCII, and a line feed."
        },
        "groups": {"type": "integer", "description": "In the last line: how many ends came."},
    }
    found = _object("The end of a group, or of all.", properties, ["type"])
    whole = {"required": ["source", "records", "sha256"]}
    return found | {"oneOf": [whole, {"required": ["groups"]}]}


def _object(title: str, properties: dict[str, Any], required: list[str]) -> dict[str, Any]:
    return {
        "description": title,
        "type": "object",
        "properties": properties,
        "required": required,
        "additionalProperties": False,
    }
