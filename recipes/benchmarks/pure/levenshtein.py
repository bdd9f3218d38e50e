"""How far texts are from each other: lists of lists, small integers, characters compared."""

WORDS = ["kitten", "sitting", "saturday", "sunday", "benchmark", "bookmark", "interpreter", "interpretation", "flaw", "lawn"]


def distance(a, b):
    before = list(range(len(b) + 1))
    for i, x in enumerate(a, 1):
        row = [i]
        for j, y in enumerate(b, 1):
            row.append(min(before[j] + 1, row[j - 1] + 1, before[j - 1] + (x != y)))
        before = row
    return before[-1]


def bench(loops):
    for _ in range(loops):
        answer = [[distance(a, b) for b in WORDS[:5]] for a in WORDS]
    return answer


def check(answer):
    assert answer[0][1] == 3 and answer[2][3] == 3 and all(answer[i][i] == 0 for i in range(5))
    assert all(answer[i][j] == answer[j][i] for i in range(5) for j in range(5))
    assert sum(map(sum, answer)) == TOTAL, sum(map(sum, answer))


TOTAL = 334
