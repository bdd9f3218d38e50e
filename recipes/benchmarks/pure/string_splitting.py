"""Texts taken apart: lines, fields, numbers, prefixes, searching."""

LINES = "\n".join("%d;name-%d; %d.%02d ;%s" % (i, i * 7 % 13, i, i % 100, "yes" if i % 3 else "no") for i in range(200))


def bench(loops):
    for _ in range(loops):
        total, names, yes = 0.0, set(), 0
        for line in LINES.splitlines():
            number, name, amount, flag = line.split(";")
            total += float(amount.strip()) + int(number)
            names.add(name.partition("-")[2])
            if flag.startswith("y") and not flag.endswith("o"):
                yes += 1
        found, at = 0, LINES.find("name-1")
        while at >= 0:
            found += 1
            at = LINES.find("name-1", at + 1)
        answer = round(total, 6), sorted(map(int, names)), yes, found, LINES.count("no")
    return answer


EXPECTED = (2 * sum(range(200)) + 99.0, list(range(13)), 133, 61, 67)
