"""The spectral norm of a matrix whose elements are a function of their place, by the power method."""

SIZE = 24


def element(i, j):
    return 1.0 / ((i + j) * (i + j + 1) // 2 + i + 1)


def times(vector):
    return [sum(element(i, j) * value for j, value in enumerate(vector)) for i in range(len(vector))]


def transposed_times(vector):
    return [sum(element(j, i) * value for j, value in enumerate(vector)) for i in range(len(vector))]


def norm(size, rounds):
    v = [1.0] * size
    for _ in range(rounds):
        u = transposed_times(times(v))
        largest = max(u)
        v = [value / largest for value in u]
    u = times(v)
    return (sum(x * x for x in u) / sum(x * x for x in v)) ** 0.5


def bench(loops):
    for _ in range(loops):
        answer = norm(SIZE, 4)
    return answer


def check(answer):
    assert abs(answer - 1.27) < 0.01 and abs(answer - NORM) < 1e-10, answer


NORM = 1.273989979775574
