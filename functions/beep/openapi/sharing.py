"""What several schemas have, as components of its own: fields, and lists of names."""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, get_args

from functions.beep.openapi.components import REFERENCE, Schema, capitalised, reference
from shared.connectors import psp, systems
from shared.domain.events import event_types
from shared.domain.systems import system_names
from shared.domain.systems.syncs import SystemKind

_OVERHEAD = len(REFERENCE) + len('{"$ref":""}') + len('"":,')
_OR_NULL = "OrNull"


_NAMES: Mapping[str, Sequence[str]] = {
    "EventType": list(event_types.BY_NAME),
    "EventPattern": event_types.PATTERNS,
    "ProviderName": psp.PROVIDERS,
    "SystemName": get_args(system_names.SystemName),
    "PosSystemName": systems.names(SystemKind.POS),
    "ErpSystemName": systems.names(SystemKind.ERP),
    "ShopSystemName": systems.names(SystemKind.SHOP),
}


def shared(schemas: Mapping[str, Schema]) -> dict[str, Schema]:
    """Return the components with references to what several of their fields are, and these.

    ``StoreId`` is what most fields ``storeId`` are, ``StoreIdOrNull`` where it may be null.
    """
    named = {name: with_names(each) for name, each in schemas.items()}
    fields = _fields(named)
    found = {name: json.loads(text) for text, name in fields.items()}
    components = {name: _with_references(each, fields) for name, each in named.items()}
    lists: dict[str, Schema] = {
        name: {"type": "string", "enum": list(names)} for name, names in _NAMES.items()
    }
    wildcards = [each for each in event_types.PATTERNS if each not in event_types.BY_NAME]
    lists["EventPattern"] = {
        "anyOf": [reference("EventType"), {"type": "string", "enum": wildcards}]
    }
    return dict(sorted((components | found | lists).items()))


def with_names(found: Any) -> Any:
    """Return a schema with references to the lists of names in it."""
    if isinstance(found, list):
        return [with_names(each) for each in found]
    if not isinstance(found, dict):
        return found
    for name, names in _NAMES.items():
        if found.get("enum") == list(names):
            rest = {key: each for key, each in found.items() if key not in {"enum", "type"}}
            return reference(name) | rest
    return {key: with_names(each) for key, each in found.items()}


def _fields(schemas: Mapping[str, Schema]) -> dict[str, str]:
    """Return the schemas of fields that are worth a name, as JSON, with their names."""
    counted: Counter[str] = Counter()
    named: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for field, schema in _properties(schemas):
        counted[json.dumps(schema)] += 1
        named[json.dumps(schema)][field] += 1
    names: dict[str, str] = {}
    taken = set(schemas)
    for text, count in counted.most_common():
        (field, _), *_ = named[text].most_common(1)
        name = capitalised(field.strip("_"))
        name += _OR_NULL if _is_nullable(json.loads(text)) else ""
        saved = (count - 1) * len(text) - count * (len(name) + _OVERHEAD)
        if saved > 0 and name not in taken and "$ref" not in json.loads(text):
            names[text] = name
            taken.add(name)
    return names


def _properties(schemas: Mapping[str, Schema]) -> Iterator[tuple[str, Schema]]:
    for schema in schemas.values():
        for part in [schema, *schema.get("allOf", ())]:
            yield from part.get("properties", {}).items()


def _with_references(schema: Schema, names: Mapping[str, str]) -> Schema:
    if "allOf" in schema:
        return {**schema, "allOf": [_with_references(part, names) for part in schema["allOf"]]}
    if "properties" not in schema:
        return schema
    properties = {
        field: reference(names[json.dumps(each)]) if json.dumps(each) in names else each
        for field, each in schema["properties"].items()
    }
    return {**schema, "properties": properties}


def _is_nullable(schema: Schema) -> bool:
    return "null" in schema.get("type", ()) or {"type": "null"} in schema.get("anyOf", ())
