"""Exact fractions: harmonic numbers, Bernoulli numbers, a continued fraction."""
from fractions import Fraction


def harmonic(count):
    total = Fraction(0)
    for n in range(1, count + 1):
        total += Fraction(1, n)
    return total


def bernoulli(n):
    row = []
    for m in range(n + 1):
        row.append(Fraction(1, m + 1))
        for j in range(m, 0, -1):
            row[j - 1] = j * (row[j - 1] - row[j])
    return row[0]


def continued(terms):
    value = Fraction(terms[-1])
    for term in reversed(terms[:-1]):
        value = term + 1 / value
    return value


def bench(loops):
    for _ in range(loops):
        answer = harmonic(40), bernoulli(12), continued([3, 7, 15, 1, 292])
    return answer


EXPECTED = (Fraction(2078178381193813, 485721041551200), Fraction(-691, 2730), Fraction(103993, 33102))
