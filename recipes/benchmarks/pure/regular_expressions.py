"""Regular expressions: finding, groups, replacing by a function, alternatives that backtrack, splitting."""
import re

TEXT = "\n".join("2024-%02d-%02d host%d app[%d]: user=u%d took %d.%d ms from 10.0.%d.%d" % (
    1 + i % 12, 1 + i % 28, i % 5, 100 + i, i % 7, i % 50, i % 10, i % 9, i) for i in range(60))
LINE = re.compile(r"^(?P<date>\d{4}-\d\d-\d\d) (\w+) (\w+)\[(\d+)\]: (.*)$", re.M)
FIELDS = re.compile(r"user=(\w+) took (\d+(?:\.\d+)?) ms")
ADDRESS = re.compile(r"\b(?:\d{1,3}\.){3}\d{1,3}\b")
NESTED = re.compile(r"(?:a|ab|abc|b|c)*d")


def bench(loops):
    for _ in range(loops):
        hosts, total = {}, 0.0
        for match in LINE.finditer(TEXT):
            hosts[match.group(2)] = hosts.get(match.group(2), 0) + 1
            fields = FIELDS.search(match.group(5))
            total += float(fields.group(2))
        hidden = ADDRESS.sub(lambda match: "x" * len(match.group()), TEXT)
        answer = (sorted(hosts.items()), round(total, 6), hidden.count("x"), len(re.split(r"[\s=:]+", TEXT)),
                  NESTED.match("abcabcab" * 3) is None)
    return answer


EXPECTED = ([("host%d" % i, 12) for i in range(5)], float(sum(i % 50 for i in range(60)) + sum(i % 10 for i in range(60)) // 10),
            sum(7 + len(str(i)) for i in range(60)), 10 * 60, True)
