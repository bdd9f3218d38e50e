"""Decimal arithmetic: interest in cents with rounding, and a square root and e to some digits."""
import decimal
from decimal import Decimal

DIGITS = 40


def balance(start, rate, months):
    cent, total = Decimal("0.01"), Decimal(start)
    for month in range(months):
        interest = (total * rate / 1200).quantize(cent, rounding=decimal.ROUND_HALF_EVEN)
        total += interest + Decimal("12.34") - (month % 5)
    return total


def e():
    with decimal.localcontext() as context:
        context.prec += 8
        term = total = Decimal(1)
        for n in range(1, 45):
            term /= n
            total += term
    return +total


def root_of_two():
    x = Decimal(1)
    for _ in range(8):
        x = (x + 2 / x) / 2
    return +x


def bench(loops):
    with decimal.localcontext() as context:
        context.prec = DIGITS
        for _ in range(loops):
            answer = str(balance("1000.00", Decimal("4.25"), 120)), str(e()), str(root_of_two())
    return answer


EXPECTED = ("3072.26", "2.718281828459045235360287471352662497757", "1.414213562373095048801688724209698078570")
