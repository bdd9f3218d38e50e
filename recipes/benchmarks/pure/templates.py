"""A small template language: a text is translated into Python functions once, then rendered with data."""
import re

TEMPLATE = """<table class="{{ style }}">
{% for row in rows %}<tr>{% for cell in row %}{% if cell %}<td>{{ cell }}</td>{% else %}<td/>{% end %}{% end %}</tr>
{% end %}</table>
"""
TOKEN = re.compile(r"({{.*?}}|{%.*?%})")
ESCAPES = {"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;"}


def escape(value):
    return "".join(ESCAPES.get(letter, letter) for letter in str(value))


def text_part(text):
    return lambda data, out: out.append(text)


def value_part(name):
    return lambda data, out: out.append(escape(data[name]))


def for_part(name, source, body):
    def render(data, out):
        inner = dict(data)
        for item in data[source]:
            inner[name] = item
            for part in body:
                part(inner, out)
    return render


def if_part(name, body, otherwise):
    def render(data, out):
        for part in body if data[name] else otherwise:
            part(data, out)
    return render


class Parser:
    def __init__(self, text):
        self.tokens = iter(TOKEN.split(text))

    def block(self):
        """(parts, the word that ended the block)."""
        parts = []
        for token in self.tokens:
            if token.startswith("{{"):
                parts.append(value_part(token[2:-2].strip()))
            elif token.startswith("{%"):
                words = token[2:-2].split()
                if words[0] == "for":
                    parts.append(for_part(words[1], words[3], self.block()[0]))
                elif words[0] == "if":
                    body, end = self.block()
                    parts.append(if_part(words[1], body, self.block()[0] if end == "else" else []))
                else:
                    return parts, words[0]
            elif token:
                parts.append(text_part(token))
        return parts, None


def render(parts, data):
    out = []
    for part in parts:
        part(data, out)
    return "".join(out)


DATA = {"style": 'a "b"', "rows": [[row * column if (row + column) % 5 else "" for column in range(8)] for row in range(1, 13)]}


def bench(loops):
    for _ in range(loops):
        answer = render(Parser(TEMPLATE).block()[0], DATA)
    return answer


def check(text):
    assert text.startswith('<table class="a &quot;b&quot;">\n<tr>') and text.endswith("</tr>\n</table>\n")
    cells = [int(cell) if cell else 0 for cell in re.findall(r"<td>(\d+)</td>|<td/>", text)]
    assert cells == [cell or 0 for row in DATA["rows"] for cell in row]
    assert text.count("<td/>") == sum(not cell for row in DATA["rows"] for cell in row)
