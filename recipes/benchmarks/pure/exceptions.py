"""Exceptions raised and caught near and far, with causes, in clean-up, and not at all."""


class Bad(ValueError):
    def __init__(self, number):
        super().__init__("bad number %d" % number)
        self.number = number


def strict(n):
    if n % 3 == 0:
        raise Bad(n)
    return n


def deep(n, depth):
    if depth:
        return deep(n, depth - 1)
    return strict(n)


def caused(n):
    try:
        return {}[n]
    except KeyError as error:
        raise RuntimeError("wrapped") from error


class Guard:
    def __init__(self, told):
        self.told = told

    def __enter__(self):
        return self

    def __exit__(self, kind, value, trace):
        self.told.append(kind)
        return kind is Bad


def bench(loops):
    for _ in range(loops):
        bad = good = finished = causes = 0
        told = []
        for n in range(600):
            try:
                good += strict(n)
            except Bad as error:
                bad += error.number
            finally:
                finished += 1
        for n in range(90):
            with Guard(told):
                deep(n, 10)
            try:
                caused(n)
            except RuntimeError as error:
                causes += isinstance(error.__cause__, KeyError)
        answer = bad, good, finished, causes, told.count(Bad), told.count(None)
    return answer


EXPECTED = (59700, 120000, 600, 90, 30, 60)
