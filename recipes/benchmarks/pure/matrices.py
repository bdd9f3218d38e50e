"""Linear algebra with lists: products of matrices, elimination with pivots."""

SIZE = 14


def matrix(size):
    return [[1.0 / (1 + abs(i - j)) + (2.0 if i == j else 0.0) for j in range(size)] for i in range(size)]


def product(a, b):
    columns = list(zip(*b))
    return [[sum(x * y for x, y in zip(row, column)) for column in columns] for row in a]


def inverse(a):
    size = len(a)
    rows = [row[:] + [float(i == j) for j in range(size)] for i, row in enumerate(a)]
    for i in range(size):
        pivot = max(range(i, size), key=lambda r: abs(rows[r][i]))
        rows[i], rows[pivot] = rows[pivot], rows[i]
        scale = rows[i][i]
        rows[i] = [x / scale for x in rows[i]]
        for r in range(size):
            if r != i:
                factor = rows[r][i]
                rows[r] = [x - factor * y for x, y in zip(rows[r], rows[i])]
    return [row[size:] for row in rows]


def bench(loops):
    for _ in range(loops):
        a = matrix(SIZE)
        answer = product(a, inverse(a))
    return answer


def check(answer):
    assert len(answer) == SIZE
    assert all(abs(answer[i][j] - (i == j)) < 1e-9 for i in range(SIZE) for j in range(SIZE))
