"""How many ways there are to place queens that do not threaten each other: recursion, generators and sets."""

SIZE = 6


def placements(size, row=0, columns=frozenset(), rising=frozenset(), falling=frozenset()):
    if row == size:
        yield ()
        return
    for column in range(size):
        if column in columns or row + column in rising or row - column in falling:
            continue
        for rest in placements(size, row + 1, columns | {column}, rising | {row + column}, falling | {row - column}):
            yield (column,) + rest


def bench(loops):
    for _ in range(loops):
        answer = list(placements(SIZE))
    return answer


EXPECTED = [(1, 3, 5, 0, 2, 4), (2, 5, 1, 4, 0, 3), (3, 0, 4, 1, 5, 2), (4, 2, 0, 5, 3, 1)]
