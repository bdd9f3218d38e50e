"""Functions that call themselves, deep and wide: Ackermann, Fibonacci, towers, mutual recursion."""


def ackermann(m, n):
    if m == 0:
        return n + 1
    if n == 0:
        return ackermann(m - 1, 1)
    return ackermann(m - 1, ackermann(m, n - 1))


def fibonacci(n):
    return n if n < 2 else fibonacci(n - 1) + fibonacci(n - 2)


def tower(height, source, target, spare, moves):
    if height:
        tower(height - 1, source, spare, target, moves)
        moves.append((source, target))
        tower(height - 1, spare, target, source, moves)
    return moves


def is_even(n):
    return True if n == 0 else is_odd(n - 1)


def is_odd(n):
    return False if n == 0 else is_even(n - 1)


def bench(loops):
    for _ in range(loops):
        answer = ackermann(2, 18), fibonacci(15), len(tower(9, "a", "b", "c", [])), is_even(600), is_odd(600)
    return answer


EXPECTED = (39, 610, 511, True, False)
