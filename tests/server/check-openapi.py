#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Compares docs/api/openapi.yaml with the tables of the server.

Usage: check-openapi.py DUMP-CONTRACT OPENAPI.YAML

The first is a program that prints the server's routes, problem codes and schemas as JSON. Every
difference is a line; with any, the exit status is 1. Without python3-yaml it is 77: skipped.
"""

import json
import re
import subprocess
import sys

try:
    import yaml
except ImportError:
    print("skipped: python3-yaml is not installed")
    sys.exit(77)

ACCESS = {"person": 1, "phone": 2, "calendar": 4}
METHODS = {"get", "put", "post", "patch", "delete"}
NO_LIMIT = 2**31 - 1
faults = []


def fault(words):
    faults.append(words)


def camel(name):
    return "".join(part.capitalize() for part in name.split("_"))


def resolve(document, node):
    """Follows a reference inside the document."""
    while isinstance(node, dict) and "$ref" in node:
        target = document
        for part in node["$ref"].removeprefix("#/").split("/"):
            if not isinstance(target, dict) or part not in target:
                fault(f"{node['$ref']} leads nowhere")
                return {}
            target = target[part]
        node = target
    return node


def check_references(document, node):
    if isinstance(node, dict):
        if "$ref" in node:
            resolve(document, node)
        for value in node.values():
            check_references(document, value)
    elif isinstance(node, list):
        for value in node:
            check_references(document, value)


def get_access(document, operation):
    mask = 0
    for alternative in operation.get("security", document["security"]):
        for scheme in alternative:
            mask |= ACCESS[scheme]
    return mask


def get_body(operation):
    if "requestBody" not in operation:
        return None
    content = operation["requestBody"]["content"]
    if list(content) != ["application/json"]:
        return "?"
    return content["application/json"]["schema"]["$ref"].rsplit("/", 1)[1]


def check_operation(document, where, operation, route):
    if get_access(document, operation) != route["access"]:
        fault(f"{where}: who may call it is not what the server says")
    body = camel(route["body"]) if route["body"] else None
    if get_body(operation) != body:
        fault(f"{where}: the body is {get_body(operation)}, the server takes {body}")
    wanted = set(re.findall(r"{(\w+)}", route["path"]))
    given = {p["name"] for p in operation.get("parameters", []) if p["in"] == "path"}
    if wanted != given:
        fault(f"{where}: parameters of the path are {given}, the server has {wanted}")
    statuses = set(operation["responses"])
    for needed in {"400", "403", "405", "408", "500", "503"} | ({"401"} if route["access"] else set()) | (
        {"413", "415"} if route["body"] else set()
    ):
        if needed not in statuses:
            fault(f"{where}: {needed} is not documented")
    if not statuses & {"101", "200", "201", "204"}:
        fault(f"{where}: no answer of success")
    for status in {"200", "201"} & statuses:
        content = operation["responses"][status].get("content", {})
        if "application/json" not in content:
            fault(f"{where}: {status} has no body")


def check_routes(document, contract):
    documented = {}
    for path, item in document["paths"].items():
        for method in METHODS & set(item):
            documented[method.upper(), path] = item[method]
    served = {(route["method"], route["path"]): route for route in contract["routes"]}
    for key in sorted(served.keys() - documented.keys()):
        fault(f"{' '.join(key)} is served and not documented")
    for key in sorted(documented.keys() - served.keys()):
        fault(f"{' '.join(key)} is documented and not served")
    for key in sorted(served.keys() & documented.keys()):
        check_operation(document, " ".join(key), documented[key], served[key])
    ids = [operation["operationId"] for operation in documented.values()]
    for name in {name for name in ids if ids.count(name) > 1}:
        fault(f"operationId {name} stands twice")


def check_problems(document, contract):
    codes = set(document["components"]["schemas"]["Problem"]["properties"]["code"]["enum"])
    for code in sorted(codes ^ set(contract["problems"])):
        fault(f"problem code {code} is not on both sides")
    carried = set()
    for path, item in document["paths"].items():
        for method in METHODS & set(item):
            for status, answer in item[method]["responses"].items():
                for code in resolve(document, answer).get("x-codes", []):
                    carried.add(code)
                    if str(contract["problems"].get(code)) != status:
                        fault(f"{method} {path}: {code} stands under {status}")
    for code in sorted(set(contract["problems"]) - carried):
        fault(f"problem code {code} is carried by no answer")


def describe(field):
    """What a member of a schema must say, from the server's table."""
    kind = field["kind"]
    ref = "#/components/schemas/"
    wanted = {}
    if kind == "string":
        wanted = {"type": "string", "maxLength": field["max"]}
        if field["min"]:
            wanted["minLength"] = field["min"]
    elif kind in ("id", "instant"):
        wanted = {"$ref": ref + kind.capitalize()}
    elif kind == "int":
        wanted = {"type": "integer", "minimum": field["min"], "maximum": field["max"]}
    elif kind == "bool":
        wanted = {"type": "boolean"}
    elif kind == "enum":
        wanted = {"type": "string", "enum": field["names"]}
    elif kind in ("struct", "optional"):
        wanted = {"$ref": ref + camel(field["schema"])}
    elif kind in ("list", "strv"):
        items = {"$ref": ref + camel(field["schema"])} if kind == "list" else {"type": "string", "maxLength": 200}
        wanted = {"type": "array", "items": items}
        if field["max"] < NO_LIMIT:
            wanted["maxItems"] = field["max"]
    return wanted


def check_schema(name, fields, schema):
    members = {field["name"] for field in fields}
    for member in sorted(members ^ set(schema["properties"])):
        fault(f"schema {name}: {member} is not on both sides")
    required = {field["name"] for field in fields if field["required"]}
    if required != set(schema.get("required", [])):
        fault(f"schema {name}: required are {schema.get('required', [])}, the server wants {sorted(required)}")
    for field in fields:
        given = dict(schema["properties"].get(field["name"], {}))
        given.pop("description", None)
        if name == "Problem" and field["name"] == "code":
            continue  # a closed list: see check_problems()
        if given != describe(field):
            fault(f"schema {name}.{field['name']}: {given}, the server says {describe(field)}")


def check_schemas(document, contract):
    schemas = document["components"]["schemas"]
    for name, fields in contract["schemas"].items():
        if camel(name) not in schemas:
            fault(f"schema {camel(name)} is missing")
        else:
            check_schema(camel(name), fields, schemas[camel(name)])
    known = {camel(name) for name in contract["schemas"]} | {"Id", "Instant"}
    for name in sorted(set(schemas) - known):
        fault(f"schema {name} is documented and used by no route")


def main():
    contract = json.loads(subprocess.run([sys.argv[1]], check=True, capture_output=True, text=True).stdout)
    with open(sys.argv[2], encoding="utf-8") as file:
        document = yaml.safe_load(file)
    check_references(document, document)
    check_routes(document, contract)
    check_problems(document, contract)
    check_schemas(document, contract)
    for words in faults:
        print(words)
    print(f"{len(contract['routes'])} routes, {len(contract['schemas'])} schemas, "
          f"{len(contract['problems'])} problem codes: {len(faults)} differences")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
