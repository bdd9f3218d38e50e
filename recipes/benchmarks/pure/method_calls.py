"""Calls of every kind: methods, inherited ones, super(), properties, static and class methods, defaults and keywords."""


class Base:
    made = 0

    def __init__(self, value):
        self.value = value
        Base.made += 1

    def add(self, n):
        return self.value + n

    def twice(self, n):
        return self.add(n) * 2

    @property
    def double(self):
        return self.value * 2

    @staticmethod
    def triple(n):
        return n * 3

    @classmethod
    def make(cls, n):
        return cls(n)


class Derived(Base):
    def add(self, n):
        return super().add(n) + 1

    def __call__(self, n, step=1, *rest, scale=1, **named):
        return (self.value + n * step + sum(rest) + len(named)) * scale


def bench(loops):
    for _ in range(loops):
        Base.made = 0
        thing, total = Derived.make(5), 0
        bound = thing.add
        for n in range(250):
            total += thing.add(n) + thing.twice(n) + bound(n) + thing.double + Base.triple(n)
            total += thing(n) + thing(n, 2) + thing(n, 1, 2, 3, scale=2, other=0)
            total -= Base(n).value
        answer = total, Base.made
    return answer


EXPECTED = (sum((n + 6) + 2 * (n + 6) + (n + 6) + 10 + 3 * n + (5 + n) + (5 + 2 * n) + (5 + n + 5 + 1) * 2 - n for n in range(250)), 251)
