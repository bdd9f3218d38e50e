"""JSON: texts made from data (way="dumps"), and data from texts (way="loads")."""
import json

DATA = {
    "title": "Gr\u00fc\u00dfe, \u20ac and \U0001f40d", "version": 3, "ratio": 0.1, "nothing": None, "flags": [True, False],
    "items": [{"id": i, "name": "item %d" % i, "price": i * 1.25, "tags": ["a%d" % (i % 3), "b\n\t\"\\"], "parent": None}
              for i in range(60)],
    "nested": [[[[i]]] for i in range(30)], "map": {str(i): i * i for i in range(60)},
}
TEXT = json.dumps(DATA)
way = "dumps"


def setup(way):
    globals()["way"] = way


def bench(loops):
    if way == "dumps":
        for _ in range(loops):
            answer = json.dumps(DATA), json.dumps(DATA, sort_keys=True, indent=1)
    else:
        for _ in range(loops):
            answer = json.loads(TEXT), json.loads(TEXT)
    return answer


def check(answer):
    first, second = answer
    if way == "dumps":
        assert first == TEXT and first.startswith('{"title": "Gr\\u00fc\\u00dfe, \\u20ac and \\ud83d\\udc0d", "version": 3,')
        assert second.startswith('{\n "flags": [\n  true,\n  false\n ],\n "items"')
        assert len(first) == 6570 and json.loads(second) == DATA
    else:
        assert first == second == DATA and first["items"][59]["price"] == 73.75
