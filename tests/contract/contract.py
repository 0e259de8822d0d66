# SPDX-License-Identifier: GPL-3.0-or-later
"""docs/api/openapi.yaml and docs/api/asyncapi.yaml as the tests read them."""

import os
import re
import urllib.parse

import yaml

METHODS = ("get", "put", "post", "patch", "delete")
TO_SERVER, FROM_SERVER = "client to server", "server to client"
_OPERATIONS = {TO_SERVER: "publish", FROM_SERVER: "subscribe"}


class ContractError(Exception):
    """A document is not what the tests can read; the text names the place."""


class Operation:
    """One method on one path of openapi.yaml."""

    def __init__(self, path, method, node):
        self.path = path
        self.method = method.upper()
        self.node = node
        self.name = f"{self.method} {path}"
        self.responses = node["responses"]

    def __repr__(self):
        return self.name


class Frame:
    """One type of frame in one direction."""

    def __init__(self, direction, node):
        self.direction = direction
        self.name = node["name"]
        self.node = node

    @property
    def label(self):
        return f"frame {self.name}, {self.direction}"


class Contract:
    """Both documents, with references followed from one into the other."""

    def __init__(self, folder):
        self.documents = {}
        for name in ("openapi.yaml", "asyncapi.yaml"):
            with open(os.path.join(folder, name), encoding="utf-8") as file:
                self.documents[name] = yaml.safe_load(file)
        self.openapi = self.documents["openapi.yaml"]
        self.asyncapi = self.documents["asyncapi.yaml"]
        self.operations = [Operation(path, method, item[method]) for path, item in self.openapi["paths"].items()
                           for method in METHODS if method in item]
        channels = list(self.asyncapi["channels"].values())
        if len(channels) != 1:
            raise ContractError("asyncapi.yaml: there is one stream, so one channel is expected")
        self.channel = channels[0]
        self.frames = {direction: self._read_frames(direction) for direction in _OPERATIONS}
        self.closes = {entry["code"]: entry for entry in self.channel["x-close-codes"]}
        self._rows = [(operation, operation.path.split("/")) for operation in self.operations]

    def follow(self, reference, home):
        """What a $ref that stands in the document @home names, and the document that it is in."""
        name, _, pointer = reference.partition("#/")
        home = os.path.basename(name) if name else home
        node = self.documents.get(home)
        for part in pointer.split("/"):
            part = urllib.parse.unquote(part).replace("~1", "/").replace("~0", "~")
            if not isinstance(node, dict) or part not in node:
                raise ContractError(f"{home}: {reference} leads nowhere")
            node = node[part]
        return node, home

    def resolve(self, node, home):
        while isinstance(node, dict) and "$ref" in node:
            node, home = self.follow(node["$ref"], home)
        return node, home

    def flatten(self, schema, home, is_closed=False):
        """@schema without references, and with allOf merged. @is_closed: other members are refused."""
        schema, home = self.resolve(schema, home)
        if not isinstance(schema, dict):
            return schema
        flat = {}
        for key, value in schema.items():
            if key in ("description", "examples", "allOf"):
                continue
            if key == "properties":
                value = {name: self.flatten(inner, home, is_closed) for name, inner in value.items()}
            elif key in ("items", "not"):
                value = self.flatten(value, home, is_closed)
            flat[key] = value
        for part in schema.get("allOf", []):
            inner = self.flatten(part, home, is_closed)
            flat["type"] = inner["type"]
            flat["required"] = flat.get("required", []) + inner.get("required", [])
            flat["properties"] = {**flat.get("properties", {}), **inner["properties"]}
        if is_closed and flat.get("type") == "object" and "properties" in flat:
            flat["additionalProperties"] = False
        return flat

    def match(self, method, path):
        """The operation, or None. HEAD is GET without its body."""
        segments = [urllib.parse.unquote(part) for part in path.split("?")[0].split("/")]
        method = "GET" if method == "HEAD" else method
        best = None
        for operation, pattern in self._rows:
            if len(pattern) != len(segments) or not all(_fits(a, b) for a, b in zip(pattern, segments)):
                continue
            # A literal segment wins over a parameter.
            if operation.method == method and (best is None or [p.startswith("{") for p in pattern] <
                                               [p.startswith("{") for p in best[1]]):
                best = (operation, pattern)
        return best[0] if best else None

    def get_response(self, operation, status):
        """The documented answer, or None; @operation may be None: any request."""
        for responses in ([operation.responses] if operation else []) + [self.openapi["x-any-request"]]:
            if str(status) in responses:
                return self.resolve(responses[str(status)], "openapi.yaml")[0]
        return None

    def get_body_schema(self, operation):
        """The schema of an operation's request, or None."""
        if "requestBody" not in operation.node:
            return None
        return operation.node["requestBody"]["content"]["application/json"]["schema"]

    def list_codes(self):
        return self.openapi["components"]["schemas"]["Problem"]["properties"]["code"]["enum"]

    def list_error_codes(self):
        error = self.frames[FROM_SERVER]["error"]
        return error.node["payload"]["properties"]["code"]["enum"]

    def _read_frames(self, direction):
        frames = {}
        for reference in self.channel[_OPERATIONS[direction]]["message"]["oneOf"]:
            frame = Frame(direction, self.resolve(reference, "asyncapi.yaml")[0])
            if frame.name in frames:
                raise ContractError(f"asyncapi.yaml: {frame.label} stands twice")
            frames[frame.name] = frame
        return frames


def _fits(pattern, segment):
    if pattern.startswith("{"):
        return re.fullmatch(r"[A-Za-z0-9._~-]{1,64}", segment) is not None
    return pattern == segment
