"""Generators that feed each other: chains, delegation, values sent in, trees walked lazily."""


def numbers(limit):
    n = 0
    while n < limit:
        yield n
        n += 1


def squares(source):
    for n in source:
        yield n * n


def without(source, divisor):
    for n in source:
        if n % divisor:
            yield n


def running_mean():
    total = count = 0
    mean = None
    while True:
        total += yield mean
        count += 1
        mean = total / count


def tree(depth):
    return (tree(depth - 1), depth, tree(depth - 1)) if depth else None


def walk(node):
    if node is not None:
        left, value, right = node
        yield from walk(left)
        yield value
        yield from walk(right)


TREE = tree(8)


def bench(loops):
    for _ in range(loops):
        total = sum(without(squares(numbers(2000)), 3))
        mean = running_mean()
        next(mean)
        for n in range(500):
            last = mean.send(n)
        answer = total, last, sum(walk(TREE))
    return answer


EXPECTED = (sum(n * n for n in range(2000) if n % 3), 249.5, sum(depth * 2 ** (8 - depth) for depth in range(1, 9)))
