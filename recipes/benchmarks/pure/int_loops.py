"""Arithmetic with small integers in plain loops: Collatz sequences, greatest common divisors, a sieve."""


def longest_collatz(limit):
    best, best_start = 0, 0
    for start in range(1, limit):
        n, length = start, 1
        while n != 1:
            n = 3 * n + 1 if n & 1 else n >> 1
            length += 1
        if length > best:
            best, best_start = length, start
    return best_start, best


def coprime_pairs(limit):
    count = 0
    for a in range(1, limit):
        for b in range(1, a):
            x, y = a, b
            while y:
                x, y = y, x % y
            if x == 1:
                count += 1
    return count


def count_primes(limit):
    composite = bytearray(limit)
    count = 0
    for n in range(2, limit):
        if not composite[n]:
            count += 1
            for multiple in range(n * n, limit, n):
                composite[multiple] = 1
    return count


def bench(loops):
    for _ in range(loops):
        answer = longest_collatz(300), coprime_pairs(60), count_primes(5000)
    return answer


# There are 1085 pairs: the sum of Euler's totient from 2 to 59.
EXPECTED = ((231, 128), 1085, 669)
