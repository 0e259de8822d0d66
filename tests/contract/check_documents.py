#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Checks docs/api/openapi.yaml and docs/api/asyncapi.yaml: as documents, and against the server's tables.

Usage: check_documents.py DUMP-CONTRACT DOCS-API-FOLDER SCHEMAS-FOLDER

The first is a program that prints the server's routes, problem codes, frames, close codes and schemas
as JSON; the last holds the official schemas of both kinds of document. Every difference is a line;
with any, the exit status is 1. Without python3-yaml or python3-jsonschema it is 77: skipped.
"""

import json
import os
import re
import subprocess
import sys

try:
    import jsonschema
    import yaml  # noqa: F401  # of contract.py
except ImportError as missing:
    print(f"skipped: python3-{missing.name} is not installed")
    sys.exit(77)

from contract import FROM_SERVER, Contract, ContractError

ACCESS = {"person": 1, "phone": 2, "calendar": 4, "admin": 8}
NO_LIMIT = 2**31 - 1
# Members that are narrower in the documents than in the server's tables: its code checks the rest.
NARROWED = {
    ("schema Problem", "code"),  # a closed list: see check_problems()
    ("schema ConversationRequest", "members"),
    ("schema CallReport", "direction"),
    ("schema CallReports", "items"),
    ("frame error", "code"),
    ("frame reach", "state"),
}
# What each document is held against: its schema (tests/data/schemas) and the drafts of both.
KINDS = (
    ("openapi.yaml", "openapi-3.1.json", jsonschema.Draft202012Validator),
    ("asyncapi.yaml", "asyncapi-2.6.json", jsonschema.Draft7Validator),
)
faults = []


def fault(words):
    faults.append(words)


def camel(name):
    return "".join(part.capitalize() for part in name.split("_"))


def drop_id_members(node):
    """jsonschema 4.10 takes the description of a member that is called $id for the keyword."""
    if isinstance(node, list):
        for value in node:
            drop_id_members(value)
    elif isinstance(node, dict):
        if isinstance(node.get("$id"), dict):
            del node["$id"]
        for value in node.values():
            drop_id_members(value)


def check_kind(contract, folder):
    """Each document is one of its kind, and each schema in it is a schema."""
    for name, schema_name, validator in KINDS:
        with open(os.path.join(folder, schema_name), encoding="utf-8") as file:
            schema = json.load(file)
        drop_id_members(schema)
        for error in validator(schema).iter_errors(contract.documents[name]):
            fault(f"{name}: at {'/'.join(map(str, error.path))}: {error.message[:200]}")


def check_node(contract, node, home, where):
    """Every reference leads somewhere."""
    if isinstance(node, list):
        for value in node:
            check_node(contract, value, home, where)
    elif isinstance(node, dict):
        if "$ref" in node:
            try:
                contract.follow(node["$ref"], home)
            except ContractError as error:
                fault(f"{error} (at {where})")
        for key, value in node.items():
            check_node(contract, value, home, f"{where}/{key}")


def check_schemas_are_schemas(contract):
    schemas = [(f"schema {name}", node, "openapi.yaml")
               for name, node in contract.openapi["components"]["schemas"].items()]
    schemas += [(frame.label, frame.node["payload"], "asyncapi.yaml")
                for frames in contract.frames.values() for frame in frames.values()]
    for label, node, home in schemas:
        try:
            jsonschema.Draft202012Validator.check_schema(contract.flatten(node, home))
        except jsonschema.SchemaError as error:
            fault(f"{label}: {error.message}")


def get_access(contract, operation):
    mask = 0
    for alternative in operation.node.get("security", contract.openapi["security"]):
        for scheme in alternative:
            mask |= ACCESS[scheme]
    return mask


def get_body(contract, operation):
    schema = contract.get_body_schema(operation)
    return schema["$ref"].rsplit("/", 1)[1] if schema else None


def check_operation(contract, operation, route):
    where = operation.name
    if get_access(contract, operation) != route["access"]:
        fault(f"{where}: who may call it is not what the server says")
    body = camel(route["body"]) if route["body"] else None
    if get_body(contract, operation) != body:
        fault(f"{where}: the body is {get_body(contract, operation)}, the server takes {body}")
    wanted = set(re.findall(r"{(\w+)}", route["path"]))
    given = {p["name"] for p in operation.node.get("parameters", []) if p["in"] == "path"}
    if wanted != given:
        fault(f"{where}: parameters of the path are {given}, the server has {wanted}")
    statuses = set(operation.responses)
    # A listener of its own is not there to be drained.
    draining = set() if "servers" in contract.openapi["paths"][operation.path] else {"503"}
    for needed in {"400", "403", "408"} | draining | ({"401"} if route["access"] else set()) | (
        {"413", "415"} if route["body"] else set()
    ):
        if needed not in statuses:
            fault(f"{where}: {needed} is not documented")
    if not statuses & {"101", "200", "201", "202", "204"}:
        fault(f"{where}: no answer of success")


def check_routes(contract, tables):
    documented = {(operation.method, operation.path): operation for operation in contract.operations}
    served = {(route["method"], route["path"]): route for route in tables["routes"]}
    for key in sorted(served.keys() - documented.keys()):
        fault(f"{' '.join(key)} is served and not documented")
    for key in sorted(documented.keys() - served.keys()):
        fault(f"{' '.join(key)} is documented and not served")
    for key in sorted(served.keys() & documented.keys()):
        check_operation(contract, documented[key], served[key])
    ids = [operation.node["operationId"] for operation in contract.operations]
    for name in {name for name in ids if ids.count(name) > 1}:
        fault(f"operationId {name} stands twice")


def check_problems(contract, tables):
    for code in sorted(set(contract.list_codes()) ^ set(tables["problems"])):
        fault(f"problem code {code} is not on both sides")
    carried = set()
    answers = [("x-any-request", contract.openapi["x-any-request"])]
    answers += [(operation.name, operation.responses) for operation in contract.operations]
    for where, responses in answers:
        for status, answer in responses.items():
            answer, _ = contract.resolve(answer, "openapi.yaml")
            is_problem = "application/problem+json" in answer.get("content", {})
            if is_problem != bool(answer.get("x-codes")):
                fault(f"{where} {status}: a problem names its codes in x-codes, and nothing else does")
            for code in answer.get("x-codes", []):
                carried.add(code)
                if str(tables["problems"].get(code)) != status:
                    fault(f"{where}: {code} stands under {status}")
    for code in sorted(set(tables["problems"]) - carried):
        fault(f"problem code {code} is carried by no answer")
    for code in sorted(set(contract.list_error_codes()) - set(tables["problems"])):
        fault(f"frame error: {code} is no problem code")


def describe(contract, tables, field):
    """What a member must be, from the server's table, without references."""
    kind = field["kind"]
    if kind == "string":
        wanted = {"type": "string", "maxLength": field["max"]}
        if field["min"]:
            wanted["minLength"] = field["min"]
        return wanted
    if kind in ("id", "instant"):
        return contract.flatten({"$ref": f"#/components/schemas/{kind.capitalize()}"}, "openapi.yaml")
    if kind == "int":
        return {"type": "integer", "minimum": field["min"], "maximum": field["max"]}
    if kind == "bool":
        return {"type": "boolean"}
    if kind == "enum":
        return {"type": "string", "enum": field["names"]}
    if kind in ("struct", "optional"):
        return describe_schema(contract, tables, field["schema"])
    items = {"type": "string", "maxLength": 200}
    if kind == "list":
        items = describe_schema(contract, tables, field["schema"])
    wanted = {"type": "array", "items": items}
    if field["max"] < NO_LIMIT:
        wanted["maxItems"] = field["max"]
    return wanted


def describe_schema(contract, tables, name):
    return describe_fields(contract, tables, tables["schemas"][name])


def describe_fields(contract, tables, fields):
    return {"type": "object",
            "required": sorted(field["name"] for field in fields if field["required"]),
            "properties": {field["name"]: describe(contract, tables, field) for field in fields}}


def sort_required(schema):
    """The order of names means nothing."""
    if not isinstance(schema, dict):
        return schema
    ordered = {key: sort_required(value) for key, value in schema.items() if key != "properties"}
    if schema.get("type") == "object":
        ordered["required"] = sorted(schema.get("required", []))
        ordered["properties"] = {name: sort_required(value) for name, value in schema["properties"].items()}
    return ordered


def check_member(where, name, given, wanted):
    if (where, name) not in NARROWED and sort_required(given) != wanted:
        fault(f"{where}.{name}: {given}, the server says {wanted}")


def check_schemas(contract, tables):
    schemas = dict(contract.openapi["components"]["schemas"])
    known = {camel(name) for name in tables["schemas"]} | {"Id", "Instant"}
    for name in sorted(set(schemas) - known):
        fault(f"schema {name} is documented and used by no route")
    schemas.update(contract.asyncapi["components"]["schemas"])
    for name in tables["schemas"]:
        wanted = describe_schema(contract, tables, name)
        name = camel(name)
        if name not in schemas:
            fault(f"schema {name} is missing")
            continue
        home = "openapi.yaml" if name in contract.openapi["components"]["schemas"] else "asyncapi.yaml"
        given = contract.flatten(schemas[name], home)
        for member in sorted(set(given["properties"]) ^ set(wanted["properties"])):
            fault(f"schema {name}: {member} is not on both sides")
        if sorted(given.get("required", [])) != wanted["required"]:
            fault(f"schema {name}: required are {given.get('required', [])}, the server wants {wanted['required']}")
        for member in sorted(set(given["properties"]) & set(wanted["properties"])):
            check_member(f"schema {name}", member, given["properties"][member], wanted["properties"][member])


def check_frame(contract, frame, wanted, is_counted):
    """Returns the members that this direction documents: one table serves both directions."""
    given = contract.flatten(frame.node["payload"], "asyncapi.yaml")
    if given["properties"].pop("t", None) != {"const": frame.name} or "t" not in given["required"]:
        fault(f"{frame.label}: its member t must be “{frame.name}”")
    if frame.direction == FROM_SERVER and frame.node.get("x-counted", True) != is_counted:
        fault(f"{frame.label}: whether it has a position is not what the server says")
    for member in sorted(set(given["properties"]) - set(wanted["properties"])):
        fault(f"{frame.label}: {member} is documented and unknown to the server")
    for member in sorted(set(wanted["required"]) - set(given["required"])):
        fault(f"{frame.label}: {member} is required")
    for member in sorted(set(given["properties"]) & set(wanted["properties"])):
        check_member(f"frame {frame.name}", member, given["properties"][member], wanted["properties"][member])
    return set(given["properties"])


def check_frames(contract, tables):
    documented = {}
    for frame in (frame for frames in contract.frames.values() for frame in frames.values()):
        documented.setdefault(frame.name, set())
        if frame.name in tables["frames"]:
            table = tables["frames"][frame.name]
            wanted = describe_fields(contract, tables, table["fields"])
            documented[frame.name] |= check_frame(contract, frame, wanted, table["counted"])
    for name in sorted(set(tables["frames"]) ^ set(documented)):
        fault(f"frame {name} is not on both sides")
    for name in sorted(set(tables["frames"]) & set(documented)):
        for field in tables["frames"][name]["fields"]:
            if field["name"] not in documented[name]:
                fault(f"frame {name}: {field['name']} is undocumented")
    for code in sorted(set(tables["closes"]) - set(contract.closes)):
        fault(f"close code {code} is undocumented")


def check_prose(contract, folder):
    """docs/protocol.md tells of every frame and close code."""
    with open(os.path.join(folder, "..", "protocol.md"), encoding="utf-8") as file:
        prose = file.read()
    for frame in (frame for frames in contract.frames.values() for frame in frames.values()):
        if f"`{frame.name}`" not in prose:
            fault(f"protocol.md: nothing of {frame.label}")
    for code in contract.closes:
        if not re.search(rf"\b{code}\b", prose):
            fault(f"protocol.md: nothing of close code {code}")


def main():
    tables = json.loads(subprocess.run([sys.argv[1]], check=True, capture_output=True, text=True).stdout)
    try:
        contract = Contract(sys.argv[2])
        check_kind(contract, sys.argv[3])
        for home, document in contract.documents.items():
            check_node(contract, document, home, home)
        check_schemas_are_schemas(contract)
        check_routes(contract, tables)
        check_problems(contract, tables)
        check_schemas(contract, tables)
        check_frames(contract, tables)
        check_prose(contract, sys.argv[2])
    except ContractError as error:
        fault(str(error))
    for words in faults:
        print(words)
    print(f"{len(tables['routes'])} routes, {len(tables['schemas'])} schemas, {len(tables['problems'])} problem codes, "
          f"{len(tables['frames'])} frames: {len(faults)} differences")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
