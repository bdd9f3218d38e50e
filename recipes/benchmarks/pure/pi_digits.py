"""Digits of pi, one after the other, by integers that grow: multiplication and division of big numbers."""

DIGITS = 60


def digits(count):
    # A stream of linear fractional transformations; a digit is told as soon as it is sure.
    a, b, c, d = 1, 0, 0, 1
    k, told = 0, []
    while len(told) < count:
        k += 1
        a, b, c, d = a * k, (2 * a + b) * (2 * k + 1), c * k, (2 * c + d) * (2 * k + 1)
        while d > 0 and c >= 0 and (3 * a + b) // (3 * c + d) == (4 * a + b) // (4 * c + d):
            digit = (3 * a + b) // (3 * c + d)
            told.append(digit)
            if len(told) == count:
                break
            a, b = 10 * (a - digit * c), 10 * (b - digit * d)
    return "".join(map(str, told))


def bench(loops):
    for _ in range(loops):
        answer = digits(DIGITS), pow(7, 1 << 9, 10 ** 60 + 7), len(str(3 ** 1500))
    return answer


EXPECTED = ("314159265358979323846264338327950288419716939937510582097494", 7 ** (1 << 9) % (10 ** 60 + 7), 716)
