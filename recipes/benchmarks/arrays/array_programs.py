"""numpy, pandas and scipy at work, chosen by the parameter `program`: small arrays, where calls cost, and large ones, where the
library's own loops do. Every answer is checked against plain Python, or against what it must mean."""

bench = check = None


def repeat(body):
    def run(loops):
        for _ in range(loops):
            answer = body()
        return answer
    return run


def close(a, b, tolerance=1e-9):
    return abs(a - b) <= tolerance * max(1.0, abs(a), abs(b))


def small_arrays():
    import numpy
    rows = [numpy.array([float(i), i + 1.0, i * 2.0]) for i in range(40)]
    turn = numpy.array([[0.0, -1.0, 0.0], [1.0, 0.0, 0.0], [0.0, 0.0, 1.0]])

    def body():
        total = numpy.zeros(3)
        for row in rows:
            total += turn.dot(row) * 0.5 + row[::-1]
        return [float(value) for value in total]

    def verify(answer):
        x, y, z = sum(range(40)), sum(range(1, 41)), 2 * sum(range(40))
        return answer == [-0.5 * y + z, 0.5 * x + y, 0.5 * z + x]
    return body, verify


def large_arithmetic():
    import numpy
    a = numpy.arange(60000, dtype=float)
    b = numpy.arange(60000, 0, -1, dtype=float)

    def body():
        c = a * 2.0 + b
        c[c > 90000.0] -= 1.0
        return float(c.sum()), float((a * b).max()), int((c % 3 == 0).sum())

    def verify(answer):
        # a + b is 60000 throughout.
        values = [60000.0 + i - (60000 + i > 90000) for i in range(60000)]
        return answer == (sum(values), 30000.0 * 30000.0, sum(value % 3 == 0 for value in values))
    return body, verify


def sorting_and_searching():
    import numpy
    numbers = numpy.array([i * 7919 % 20011 for i in range(20000)])

    def body():
        in_order = numpy.sort(numbers)
        unique, counts = numpy.unique(numbers % 100, return_counts=True)
        return in_order[:5].tolist(), int(numpy.searchsorted(in_order, 10000)), unique.tolist(), counts.tolist()

    def verify(answer):
        plain = [i * 7919 % 20011 for i in range(20000)]
        counts = [sum(n % 100 == digit for n in plain) for digit in range(100)]
        return answer == (sorted(plain)[:5], sum(n < 10000 for n in plain), list(range(100)), counts)
    return body, verify


def indexing():
    import numpy
    grid = numpy.arange(40000).reshape(200, 200)
    places = numpy.arange(0, 200, 7)

    def body():
        picked = grid[places][:, places]
        mask = grid % 5 == 0
        copy = grid.copy()
        copy[mask] = 0
        return picked.shape, int(picked.sum()), int(copy.sum()), int(grid.T[::3, ::-2].sum()), int(grid[1, 2])

    def verify(answer):
        steps = range(0, 200, 7)
        return answer == ((29, 29), sum(200 * i + j for i in steps for j in steps), sum(n for n in range(40000) if n % 5),
                          sum(200 * i + j for i in range(1, 200, 2) for j in range(0, 200, 3)), 202)
    return body, verify


def items():
    """One element after the other across the border: what arrays are not made for."""
    import numpy
    array = numpy.arange(300, dtype=float)

    def body():
        total = 0.0
        for i in range(300):
            array[i] = array[i] + 0.0
            total += array[i]
        return float(total)
    return body, lambda answer: answer == 44850.0


def fourier():
    import numpy
    samples = numpy.array([i * i % 17 for i in range(4096)], dtype=float)

    def body():
        spectrum = numpy.fft.rfft(samples)
        back = numpy.fft.irfft(spectrum, 4096)
        return float(spectrum[0].real), float(abs(back - samples).max()), float((abs(spectrum) ** 2).sum())

    def verify(answer):
        plain = [i * i % 17 for i in range(4096)]
        at_half = sum(value * (-1) ** i for i, value in enumerate(plain))
        energy = (4096 * sum(value * value for value in plain) + sum(plain) ** 2 + at_half ** 2) / 2
        return close(answer[0], sum(plain)) and answer[1] < 1e-9 and close(answer[2], energy)
    return body, verify


def product():
    import numpy
    size = 90
    a = numpy.array([[(i * j) % 7 for j in range(size)] for i in range(size)], dtype=float)

    def body():
        return a.dot(a.T)[3].tolist(), float(numpy.trace(a.dot(a)))

    def verify(answer):
        rows = [[float((i * j) % 7) for j in range(size)] for i in range(size)]
        third = [sum(x * y for x, y in zip(rows[3], row)) for row in rows]
        return answer == (third, sum(rows[i][k] * rows[k][i] for i in range(size) for k in range(size)))
    return body, verify


def table():
    import pandas
    return pandas.DataFrame({"team": ["team%d" % (i % 12) for i in range(3000)], "day": [i % 30 for i in range(3000)],
                             "points": [float(i * 37 % 101) for i in range(3000)]})


def group_by():
    frame = table()

    def body():
        grouped = frame.groupby("team")["points"]
        by_both = frame.groupby(["team", "day"])["points"].max()
        return grouped.sum().to_dict(), len(by_both), float(by_both.sum())

    def verify(answer):
        sums, best = {}, {}
        for i in range(3000):
            team, points = "team%d" % (i % 12), float(i * 37 % 101)
            sums[team] = sums.get(team, 0.0) + points
            best[team, i % 30] = max(points, best.get((team, i % 30), 0.0))
        return answer == (sums, len(best), sum(best.values()))
    return body, verify


def join():
    import pandas
    left = table()
    right = pandas.DataFrame({"team": ["team%d" % i for i in range(2, 14)], "factor": [float(i) for i in range(2, 14)]})

    def body():
        joined = left.merge(right, on="team", how="inner")
        outer = left.merge(right, on="team", how="outer")
        return len(joined), float((joined["points"] * joined["factor"]).sum()), int(outer["factor"].isna().sum()), len(outer)

    def verify(answer):
        kept = [i for i in range(3000) if i % 12 >= 2]
        return answer == (len(kept), sum(i * 37 % 101 * float(i % 12) for i in kept), 3000 - len(kept), 3000 + 2)
    return body, verify


def linear_algebra():
    import numpy
    import scipy.linalg
    size = 60
    a = numpy.array([[1.0 / (1 + abs(i - j)) + (3.0 if i == j else 0.0) for j in range(size)] for i in range(size)])
    b = numpy.arange(1.0, size + 1)

    def body():
        x = scipy.linalg.solve(a, b)
        values = scipy.linalg.eigvalsh(a)
        factor = scipy.linalg.cholesky(a)
        return x, values, factor

    def verify(answer):
        x, values, factor = answer
        return (float(abs(a.dot(x) - b).max()) < 1e-9 and close(float(values.sum()), 4.0 * size) and
                float(abs(factor.T.dot(factor) - a).max()) < 1e-9 and all(values > 0))
    return body, verify


PROGRAMS = {program.__name__: program for program in (
    small_arrays, large_arithmetic, sorting_and_searching, indexing, items, fourier, product, group_by, join, linear_algebra)}


def setup(program):
    global bench, check
    body, check = PROGRAMS[program]()
    bench = repeat(body)
