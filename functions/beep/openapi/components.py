"""Request and response models as JSON Schema, under the names that clients read."""

from __future__ import annotations

import importlib
import inspect
import json
from collections import defaultdict
from collections.abc import Iterator, Mapping
from typing import Any

from pydantic import BaseModel
from pydantic.json_schema import GenerateJsonSchema, JsonSchemaMode, models_json_schema

from functions.beep.openapi import credentials
from functions.catalog import ENDPOINTS, Endpoint
from shared.connectors import psp
from shared.domain.systems.syncs import SystemKind
from shared.schemas.base import ResponseModel, WireModel
from shared.schemas.events import event_data
from shared.schemas.loyalty.program_bodies import RULES_EXAMPLES, RULES_SCHEMAS

Schema = dict[str, Any]

REFERENCE = "#/components/schemas/"
RULES = "Rules"
RULES_CHANGES = "RulesChanges"
PSP_CONFIG = "PSPConfig"
_BOUNDS = {
    "gt": "exclusiveMinimum",
    "ge": "minimum",
    "lt": "exclusiveMaximum",
    "le": "maximum",
}
_CREDENTIALS = {
    "SyncPOSRequest": (SystemKind.POS,),
    "PushToPOSRequest": (SystemKind.POS,),
    "SyncERPRequest": (SystemKind.ERP,),
    "PushToERPRequest": (SystemKind.ERP,),
    "ConfigureSyncRequest": tuple(SystemKind),
}
_NULL: Schema = {"type": "null"}
_MEANING = "description"
_SANDBOX: Schema = {
    "type": "boolean",
    "const": True,
    "description": "Only there if a test key was used: this is mock data, and nothing was written.",
}


class _Generator(GenerateJsonSchema):
    """Pydantic's generator, with the bounds of our numbers and the fixed fields of answers.

    ``has_bases``: an answer that extends another one refers to it, instead of repeating its fields.
    """

    has_bases = True

    def generate_inner(self, schema: Any) -> Schema:
        """Add the parts that a type's own schema hides, and name the bounds of other types.

        These are the bounds of a ``Number``, and the meaning of a time, cursor or the like.
        """
        found = super().generate_inner(schema)
        if found.get("type") == "number":
            found |= dict(_bounds(schema))
        found = meaning(_updates(schema)) | found
        # Pydantic leaves bounds after a validator under its own names.
        return {_BOUNDS.get(name, name): each for name, each in found.items()}

    def default_schema(self, schema: Any) -> Schema:
        """Leave out useless defaults: those of answers, and null."""
        if self.mode == "serialization" or schema.get("default", ...) is None:
            return self.generate_inner(schema["schema"])
        return super().default_schema(schema)

    def model_schema(self, schema: Any) -> Schema:
        """Leave answers open, because they get new fields without notice."""
        found = super().model_schema(schema)
        if self.mode == "serialization" and found.get("additionalProperties") is False:
            del found["additionalProperties"]
        base = _base_of(schema["cls"]) if self.mode == "serialization" else None
        return self._extending(found, base) if base and self.has_bases else found

    def _extending(self, found: Schema, base: type[BaseModel]) -> Schema:
        """Return the schema of a model without what it has from its base."""
        core: Any = base.__pydantic_core_schema__
        inherited = {str(field.alias) for field in base.model_fields.values()}
        own = {name: each for name, each in found["properties"].items() if name not in inherited}
        required = [name for name in found["required"] if name in own]
        added = {"type": "object", "properties": own, "required": required}
        return meaning(found) | {"allOf": [self.generate_inner(core), added]}

    def nullable_schema(self, schema: Any) -> Schema:
        """Write ``type: [string, null]`` if that is enough.

        A type's meaning is written for the whole, with or without null.
        """
        inner = self.generate_inner(schema["schema"])
        if isinstance(inner.get("type"), str) and not inner.keys() & {"const", "enum"}:
            return {**inner, "type": [inner["type"], "null"]}
        return self.get_union_of_schemas([without_meaning(inner), _NULL]) | meaning(inner)

    def handle_ref_overrides(self, json_schema: Schema) -> Schema:
        """Keep a field's meaning, even if its type has the same meaning."""
        return json_schema

    def model_field_schema(self, schema: Any) -> Schema:
        """Remove null from fields that an answer leaves out instead of writing null."""
        found = super().model_field_schema(schema)
        if self.mode == "serialization" and "serialization_exclude_if" in schema:
            return _without_null(found)
        return found

    def field_is_required(self, field: Any, total: bool) -> bool:
        """Require all fields of answers that are not left out on purpose."""
        if self.mode == "serialization":
            return "serialization_exclude_if" not in field
        return super().field_is_required(field, total)

    def field_title_should_be_set(self, schema: Any) -> bool:  # noqa: ARG002 - pydantic's
        """Leave out titles, because they repeat the name."""
        return False


def _without_null(schema: Schema) -> Schema:
    """Return a schema without null, if it has that."""
    if "anyOf" in schema:
        return dict(next(each for each in schema["anyOf"] if each != _NULL))
    if isinstance(schema.get("type"), list):
        return {**schema, "type": next(each for each in schema["type"] if each != "null")}
    return schema


class _SelfContained(_Generator):
    """The generator for schemas that stand alone."""

    has_bases = False


def module_of(endpoint: Endpoint) -> Any:
    """Return the module of an endpoint."""
    return importlib.import_module(endpoint.module)


def request_name(endpoint: Endpoint) -> str:
    """Return the component of an endpoint's request: ``AddLoyaltyPointsRequest``."""
    return f"{capitalised(endpoint.name)}Request"


def response_name(endpoint: Endpoint) -> str:
    """Return the component of an endpoint's answer: ``AddLoyaltyPointsResponse``."""
    return f"{capitalised(endpoint.name)}Response"


def config_name(provider: str) -> str:
    """Return the component of a payment provider's configuration: ``StripeConfig``."""
    return f"{provider.capitalize()}Config"


def data_name(kind: str) -> str:
    """Return the component of what a type of event says: ``PointsEarnedData``."""
    return event_data.DATA_BY_TYPE[kind].__name__


def text_of(described: Any) -> str:
    """Return the docstring of a class or module as Markdown."""
    return inspect.cleandoc(described.__doc__).replace("``", "`")


def reference(name: str) -> Schema:
    """Return a reference to a component."""
    return {"$ref": REFERENCE + name}


def meaning(schema: Mapping[str, Any]) -> Schema:
    """Return the part of a schema for people, which is written after all others."""
    return {name: each for name, each in schema.items() if name == _MEANING}


def without_meaning(schema: Schema) -> Schema:
    """Return the part of a schema for machines."""
    return {name: each for name, each in schema.items() if name != _MEANING}


def schemas() -> dict[str, Schema]:
    """Return all schemas by name, including requests and responses of all endpoints."""
    wanted: dict[tuple[type[BaseModel], JsonSchemaMode], str] = {}
    for endpoint in ENDPOINTS:
        module = module_of(endpoint)
        wanted[module.Request, "validation"] = request_name(endpoint)
        wanted[module.Response, "serialization"] = response_name(endpoint)
    for model in RULES_SCHEMAS.values():
        wanted[model, "validation"] = _public(model.__name__)
    for provider in psp.PROVIDERS:
        wanted[psp.module_of(provider).Config, "validation"] = config_name(provider)
    for name, config in credentials.models():
        wanted[config, "validation"] = name
    for kind, model in event_data.DATA_BY_TYPE.items():
        wanted[model, "serialization"] = data_name(kind)
    references, generated = models_json_schema(
        list(wanted), ref_template=REFERENCE + "{model}", schema_generator=_Generator
    )
    names = {references[key]["$ref"].removeprefix(REFERENCE): name for key, name in wanted.items()}
    named = _renamed(generated["$defs"], names)
    for endpoint in ENDPOINTS:
        named[response_name(endpoint)]["properties"]["_sandbox"] = _SANDBOX
        for end in (request_name(endpoint), response_name(endpoint)):
            # The operation says it, of the request and of the answer.
            del named[end]["description"]
    for program_type, model in RULES_SCHEMAS.items():
        named[_public(model.__name__)] |= {
            "description": f"Rules of a program of the type `{program_type}`.",
            "examples": [RULES_EXAMPLES[program_type]],
        }
    named[RULES] = {
        "description": "What earns how much, by the type of the program.",
        "oneOf": [reference(_public(model.__name__)) for model in RULES_SCHEMAS.values()],
    }
    named[RULES_CHANGES] = {
        "description": "Changes of rules: those of the program's type.",
        **_changes([named[_public(model.__name__)] for model in RULES_SCHEMAS.values()]),
    }
    named[PSP_CONFIG] = {
        "description": "Settings and credentials, by the payment provider.",
        "oneOf": [reference(config_name(provider)) for provider in psp.PROVIDERS],
    }
    for kind, name in credentials.KINDS.items():
        named[name] = {
            "description": "Settings and credentials, by the system.",
            "oneOf": [reference(each) for each in credentials.names(kind)],
        }
    return {name: _finished(name, each) for name, each in sorted(named.items())}


def _changes(kinds: list[Schema]) -> Schema:
    """Return the schema of changes of an object of any of these kinds.

    All fields may be missing, and null where an object need not have them.
    """
    found: defaultdict[str, list[Schema]] = defaultdict(list)
    for kind in kinds:
        for name, field in kind["properties"].items():
            changed = field if name in kind["required"] else _or_null(field)
            found[name] += [] if changed in found[name] else [changed]
    properties = {
        name: fields[0]
        if len(fields) == 1
        else {"anyOf": [without_meaning(each) for each in fields]} | meaning(fields[0])
        for name, fields in found.items()
    }
    return {"type": "object", "properties": properties, "additionalProperties": False}


def _or_null(schema: Schema) -> Schema:
    kind = schema["type"]
    rest = {name: each for name, each in schema.items() if name != "default"}
    return rest if isinstance(kind, list) else {**rest, "type": [kind, "null"]}


def self_contained(model: type[BaseModel]) -> Schema:
    """Return the schema of a model as it is sent, with references replaced by their schemas."""
    generated = model.model_json_schema(mode="serialization", schema_generator=_SelfContained)
    schema: Schema = _in_place(generated, generated.pop("$defs", {}))
    return schema


def _in_place(found: Any, definitions: Mapping[str, Schema]) -> Any:
    if not isinstance(found, dict):
        return found
    if "$ref" in found:
        referred = _in_place(definitions[found["$ref"].removeprefix("#/$defs/")], definitions)
        return referred | {name: each for name, each in found.items() if name != "$ref"}
    return {name: _in_place(each, definitions) for name, each in found.items()}


def _base_of(model: type[BaseModel]) -> type[BaseModel] | None:
    """Return the component that a part of an answer extends; whole answers stand alone."""
    if issubclass(model, ResponseModel):
        return None
    bases = (base for base in model.__mro__[1:] if issubclass(base, WireModel))
    public = (base for base in bases if not base.__name__.startswith("_"))
    base = next(public, WireModel)
    return None if base is WireModel else base


def _bounds(schema: Mapping[str, Any]) -> Iterator[tuple[str, float]]:
    while "schema" in schema:
        updates = _updates(schema)
        yield from ((_BOUNDS[name], bound) for name, bound in updates.items() if name in _BOUNDS)
        schema = schema["schema"]


def _updates(schema: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return the parts that pydantic would add to the schema of a type without its own schema."""
    updates: Mapping[str, Any] = schema.get("metadata", {}).get("pydantic_js_updates", {})
    return updates


def _renamed(generated: dict[str, Schema], names: Mapping[str, str]) -> dict[str, Schema]:
    """Rename components, and the references to them, to the names that clients read."""
    text = json.dumps(generated)
    renamed = {name: names.get(name) or _public(name) for name in generated}
    assert len(set(renamed.values())) == len(renamed), "two schemas of one name"
    for name, public in renamed.items():
        text = text.replace(json.dumps(REFERENCE + name), json.dumps(REFERENCE + public))
    read: dict[str, Schema] = json.loads(text)
    return {renamed[name]: schema for name, schema in read.items()}


def _public(name: str) -> str:
    """Return the public name: Reward for ``RewardBody-Output``, RewardInput for ``-Input``."""
    return name.replace("-Output", "").replace("-Input", "Input").replace("Body", "")


def _finished(name: str, schema: Schema) -> Schema:
    """Give the open objects of a component's fields their possible kinds.

    It has no title: that would be its name again.
    """
    finished = {key: each for key, each in schema.items() if key != "title"}
    if "description" in schema:
        finished["description"] = schema["description"].replace("``", "`")
    if "allOf" in schema:
        finished["allOf"] = [_finished(name, part) for part in schema["allOf"]]
    if "properties" in schema:
        finished["properties"] = {
            field: _field(name, field, found) for field, found in schema["properties"].items()
        }
    return finished


def _field(name: str, field: str, schema: Schema) -> Schema:
    """Put the meaning after the rest of a field's schema."""
    return without_meaning(_with_kinds(name, field, schema)) | meaning(schema)


def _with_kinds(name: str, field: str, schema: Schema) -> Schema:
    """Replace the model's open object by the kinds of rules and configurations."""
    if (name, field) == ("ConfigurePSPRequest", "config"):
        return reference(PSP_CONFIG)
    if field == "credentials" and name in _CREDENTIALS:
        kinds = [reference(credentials.KINDS[kind]) for kind in _CREDENTIALS[name]]
        return {"anyOf": kinds} if name == "ConfigureSyncRequest" else {"anyOf": [*kinds, _NULL]}
    if field != "rules":
        return schema
    if isinstance(schema["type"], list):
        return {"anyOf": [reference(RULES_CHANGES), {"type": "null"}]}
    return reference(RULES)


def capitalised(name: str) -> str:
    """Return a name with a capital letter at its beginning."""
    return name[0].upper() + name[1:]
