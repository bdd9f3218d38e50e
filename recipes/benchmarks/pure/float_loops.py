"""Floating-point arithmetic in plain loops: an integral by Simpson's rule, and the logistic map."""


def integral(low, high, steps):
    width = (high - low) / steps
    total = 0.0
    for i in range(steps):
        x = low + i * width
        middle = x + width / 2
        end = x + width
        total += 1 / (1 + x * x) + 4 / (1 + middle * middle) + 1 / (1 + end * end)
    return total * width / 6


def logistic(x, rate, steps):
    for _ in range(steps):
        x = rate * x * (1 - x)
    return x


def bench(loops):
    for _ in range(loops):
        answer = integral(0.0, 1.0, 2000), logistic(0.3, 2.5, 5000)
    return answer


def check(answer):
    quarter_of_pi, fixed_point = answer
    assert abs(4 * quarter_of_pi - 3.141592653589793) < 1e-12
    assert abs(fixed_point - 0.6) < 1e-12
