"""As much of JSON Schema as the schemas in doc/ use; an unknown keyword is an error, so that none is passed over."""

TYPES = {"object": dict, "array": list, "string": str, "boolean": bool, "null": type(None)}
NOTES = {"$schema", "title", "description", "$defs", "default"}


def is_type(value, name):
    if name in ("integer", "number"):
        return isinstance(value, (int, float) if name == "number" else int) and not isinstance(value, bool)
    return isinstance(value, TYPES[name])


def check(value, schema, root=None, where="$"):
    root = root or schema
    if "$ref" in schema:
        check(value, root["$defs"][schema["$ref"].rsplit("/", 1)[1]], root, where)
    for keyword, wish in schema.items():
        if keyword == "type":
            names = wish if isinstance(wish, list) else [wish]
            assert any(is_type(value, name) for name in names), "%s: %r is no %s" % (where, value, wish)
        elif keyword == "const":
            assert value == wish, "%s: %r" % (where, value)
        elif keyword == "enum":
            assert value in wish, "%s: %r" % (where, value)
        elif keyword == "minimum":
            assert value is None or value >= wish, "%s: %r" % (where, value)
        elif keyword == "required":
            assert not set(wish) - set(value), "%s: without %s" % (where, set(wish) - set(value))
        elif keyword == "additionalProperties":
            assert wish is False and not set(value) - set(schema["properties"]), "%s: %s" % (
                where, set(value) - set(schema["properties"]))
        elif keyword == "properties":
            for key, part in wish.items():
                if key in value:
                    check(value[key], part, root, "%s.%s" % (where, key))
        elif keyword == "items":
            for i, item in enumerate(value):
                check(item, wish, root, "%s[%d]" % (where, i))
        else:
            assert keyword in NOTES or keyword == "$ref", "%s: the keyword %s is not known here" % (where, keyword)
