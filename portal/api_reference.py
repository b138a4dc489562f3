"""The description of the API as people read it: operations by group, what goes in and out, an example of each."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

Schema = Mapping[str, Any]
SHAPES = "#/components/schemas/"
METHODS = ("get", "post", "put", "patch", "delete")
DEEPEST = 3
"""How deep an example goes into shapes within shapes."""
EXAMPLES = {
    "date": "2027-03-01",
    "date-time": "2027-03-01T08:00:00Z",
    "uuid": "6f1c1f0e-6f0e-4a52-9d6c-0d6a2f1b7c55",
    "email": "name@university.example",
    "uri": "https://university.example/hook",
    "binary": "(file)",
}


@dataclass(frozen=True)
class TypePart:
    """A type in words: pieces of text, each with the shape that it names, if any."""

    text: str
    shape: str = ""


@dataclass(frozen=True)
class ApiField:
    """A parameter, or a field of a shape."""

    name: str
    type: tuple[TypePart, ...]
    required: bool
    about: str = ""
    where: str = ""
    """`path`, `query` or `header`, of a parameter."""
    limits: str = ""


@dataclass(frozen=True)
class ApiContent:
    """What a body or an answer holds, in one media type."""

    media: str
    type: tuple[TypePart, ...]
    fields: tuple[ApiField, ...] = ()
    example: Any = None


@dataclass(frozen=True)
class ApiAnswer:
    """One answer of an operation."""

    status: str
    about: str
    contents: tuple[ApiContent, ...] = ()


@dataclass(frozen=True)
class ApiOperation:
    """One operation."""

    id: str
    method: str
    path: str
    title: str
    about: str
    parameters: tuple[ApiField, ...] = ()
    body: tuple[ApiContent, ...] = ()
    answers: tuple[ApiAnswer, ...] = ()


@dataclass(frozen=True)
class Reference:
    """The reference made from a description."""

    described: Mapping[str, Any]
    _shapes: Mapping[str, Schema] = field(init=False)

    def __post_init__(self) -> None:
        """It knows its shapes."""
        object.__setattr__(self, "_shapes", self.described["components"]["schemas"])

    def groups(self) -> dict[str, list[ApiOperation]]:
        """The operations by group, in the order of their routes."""
        found: dict[str, list[ApiOperation]] = {}
        for path, methods in self.described["paths"].items():
            for method in (one for one in METHODS if one in methods):
                found.setdefault(methods[method]["tags"][0], []).append(self._operation(method, path, methods[method]))
        return found

    def shape(self, name: str) -> Schema | None:
        """One shape."""
        return self._shapes.get(name)

    def fields(self, schema: Schema) -> tuple[ApiField, ...]:
        """The fields of a shape, required ones as they stand."""
        schema = self._resolved(schema)
        required = schema.get("required", ())
        return tuple(
            ApiField(name, self.type(one), name in required, one.get("description", ""), limits=_limits(one))
            for name, one in schema.get("properties", {}).items()
        )

    def type(self, schema: Schema) -> tuple[TypePart, ...]:
        """A type in words."""
        return tuple(self._parts(schema))

    def example(self, schema: Schema, depth: int = 0) -> Any:
        """Something of a shape: only what it must have, and of lists one."""
        for key in ("example", "const"):
            if key in schema:
                return schema[key]
        if schema.get("examples"):
            return schema["examples"][0]
        if "$ref" in schema:
            return self.example(self._resolved(schema), depth)
        if schema.get("enum"):
            return schema["enum"][0]
        for key in ("anyOf", "oneOf", "allOf"):
            if schema.get(key):
                return self.example(schema[key][0], depth)
        return self._example_of(schema, depth)

    def _example_of(self, schema: Schema, depth: int) -> Any:
        match schema.get("type"):
            case "object" | None if "properties" in schema:
                required = schema.get("required") or list(schema["properties"])[:3]
                shown = required if depth < DEEPEST else ()
                return {name: self.example(schema["properties"][name], depth + 1) for name in shown}
            case "array":
                return [self.example(schema.get("items", {}), depth + 1)] if depth < DEEPEST else []
            case "integer" | "number":
                return schema.get("default", schema.get("minimum", 1))
            case "boolean":
                return schema.get("default", True)
            case "object":
                return {}
        return schema.get("default") or EXAMPLES.get(str(schema.get("format")), "text")

    def _operation(self, method: str, path: str, one: Schema) -> ApiOperation:
        return ApiOperation(
            id=one["operationId"],
            method=method.upper(),
            path=path,
            title=one.get("summary", one["operationId"]),
            about=one.get("description", ""),
            parameters=tuple(self._parameter(given) for given in one.get("parameters", ())),
            body=self._contents(one.get("requestBody", {})),
            answers=tuple(
                ApiAnswer(status, answer.get("description", ""), self._contents(answer))
                for status, answer in sorted(one.get("responses", {}).items())
            ),
        )

    def _parameter(self, given: Schema) -> ApiField:
        schema = given["schema"]
        about = given.get("description", "")
        required = bool(given.get("required"))
        return ApiField(given["name"], self.type(schema), required, about, given["in"], _limits(schema))

    def _contents(self, holder: Schema) -> tuple[ApiContent, ...]:
        return tuple(
            ApiContent(media, self.type(schema), self.fields(schema), self.example(schema) if "json" in media else None)
            for media, one in holder.get("content", {}).items()
            if (schema := one.get("schema", {})) is not None
        )

    def _resolved(self, schema: Schema) -> Schema:
        return self._shapes[schema["$ref"].removeprefix(SHAPES)] if "$ref" in schema else schema

    def _parts(self, schema: Schema) -> Iterator[TypePart]:
        if "$ref" in schema:
            name = schema["$ref"].removeprefix(SHAPES)
            yield TypePart(name, name)
        elif several := schema.get("anyOf") or schema.get("oneOf"):
            for number, one in enumerate(several):
                if number:
                    yield TypePart(" | ")
                yield from self._parts(one)
        elif schema.get("enum"):
            yield TypePart(" | ".join(map(str, schema["enum"])))
        elif "const" in schema:
            yield TypePart(str(schema["const"]))
        elif schema.get("type") == "array":
            yield from self._parts(schema.get("items", {}))
            yield TypePart("[]")
        elif schema.get("type") == "object" and isinstance(schema.get("additionalProperties"), Mapping):
            yield TypePart("{}: ")
            yield from self._parts(schema["additionalProperties"])
        else:
            yield TypePart(str(schema.get("format") or schema.get("type", "any")))


def _limits(schema: Schema) -> str:
    """What a value keeps to, in the words of JSON Schema."""
    named = ("default", "minimum", "maximum", "exclusiveMinimum", "minLength", "maxLength", "pattern", "maxItems")
    for one in (schema, *schema.get("anyOf", ())):
        if found := [f"{name} {one[name]}" for name in named if one.get(name) not in (None, "", [])]:
            return ", ".join(found)
    return ""
