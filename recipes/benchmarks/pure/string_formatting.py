"""Numbers and texts put into texts: the three ways to format."""

ROWS = [(i, "name %d" % i, i * 1.25, i % 2 == 0) for i in range(80)]


def bench(loops):
    for _ in range(loops):
        lines = []
        for number, name, amount, flag in ROWS:
            lines.append("%5d|%-10s|%8.2f|%s" % (number, name, amount, flag))
            lines.append("{:>5}|{:<10}|{:8.2f}|{}".format(number, name, amount, flag))
            lines.append(f"{number:5d}|{name:<10}|{amount:8.2f}|{flag!s}")
            lines.append("{0:#06x} {0:+,d} {1!r} {2:e}".format(number * 1001, name, amount))
    return lines


def check(lines):
    assert len(lines) == 320
    for i in range(0, 320, 4):
        assert lines[i] == lines[i + 1] == lines[i + 2], lines[i:i + 3]
        number, thousands, name, real = lines[i + 3].replace("name ", "name").split()
        assert int(number, 16) == int(thousands.replace(",", "")) == i // 4 * 1001 and name == "'name%d'" % (i // 4), lines[i + 3]
        assert float(real) == i / 4 * 1.25 and len(real) == len("0.000000e+00"), lines[i + 3]
    assert lines[4 * 79] == "   79|name 79   |   98.75|False"
    assert lines[4 * 79 + 3] == "0x134e7 +79,079 'name 79' 9.875000e+01", lines[4 * 79 + 3]
