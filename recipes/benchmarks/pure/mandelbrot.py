"""Which points of the plane belong to Mandelbrot's set: complex numbers."""

COLUMNS, ROWS, ROUNDS = 40, 20, 30


def belongs(point):
    z = 0j
    for _ in range(ROUNDS):
        z = z * z + point
        if z.real * z.real + z.imag * z.imag > 4.0:
            return False
    return True


def picture():
    return ["".join("#" if belongs(complex(-2.1 + 3 * column / COLUMNS, -1.25 + 2.5 * row / ROWS)) else "."
                    for column in range(COLUMNS)) for row in range(ROWS + 1)]


def bench(loops):
    for _ in range(loops):
        lines = picture()
    return lines


def check(lines):
    assert lines == lines[::-1], "it is symmetric"
    assert all(len(line) == COLUMNS and set(line) <= set("#.") for line in lines)
    assert sum(line.count("#") for line in lines) == INSIDE, sum(line.count("#") for line in lines)
    assert lines[ROWS // 2].startswith("..####"), lines[ROWS // 2]


INSIDE = 182
