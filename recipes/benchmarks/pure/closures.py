"""Functions made by functions: closures that count, decorators, partial application, composition."""
import functools


def counter():
    count = 0

    def step(by=1):
        nonlocal count
        count += by
        return count
    return step


def logged(calls):
    def decorate(function):
        @functools.wraps(function)
        def wrapper(*arguments, **keywords):
            calls.append(function.__name__)
            return function(*arguments, **keywords)
        return wrapper
    return decorate


def compose(*functions):
    return functools.reduce(lambda f, g: lambda x: g(f(x)), functions)


def bench(loops):
    for _ in range(loops):
        calls, step = [], counter()

        @logged(calls)
        def power(base, exponent=2):
            return base ** exponent
        adders = [lambda x, n=n: x + n for n in range(10)]
        piped = compose(*adders)
        cube = functools.partial(power, exponent=3)
        total = 0
        for n in range(150):
            step()
            step(n)
            total += power(n) + cube(n) + piped(n)
        answer = total, step(0), len(calls), power.__name__
    return answer


EXPECTED = (sum(n ** 2 + n ** 3 + n + 45 for n in range(150)), 150 + 11175, 300, "power")
