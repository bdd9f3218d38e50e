"""Attributes read and written: of instances, of classes, of slots, computed ones, and by name."""


class Plain:
    shared = 3

    def __init__(self):
        self.a, self.b, self.c = 1, 2, 3


class Slotted:
    __slots__ = ("a", "b", "c")

    def __init__(self):
        self.a, self.b, self.c = 1, 2, 3


class Computed:
    def __init__(self):
        self.known = {"x": 5}

    def __getattr__(self, name):
        try:
            return self.__dict__["known"][name]
        except KeyError:
            raise AttributeError(name)


class Described:
    def __init__(self, name):
        self.name = name

    def __get__(self, owner, kind=None):
        return owner.__dict__.get(self.name, 0)

    def __set__(self, owner, value):
        owner.__dict__[self.name] = value + 1


class WithDescribed:
    field = Described("field")


def bench(loops):
    for _ in range(loops):
        plain, slotted, computed, described, total = Plain(), Slotted(), Computed(), WithDescribed(), 0
        for n in range(400):
            plain.a = plain.b + plain.c + n
            slotted.a = slotted.b + slotted.c + n
            described.field = n
            total += plain.a + slotted.a + plain.shared + computed.x + described.field
            total += getattr(plain, "b") + hasattr(computed, "y")
            setattr(plain, "c", 3)
        answer = total, sorted(vars(plain)), plain.a, slotted.a
    return answer


EXPECTED = (sum(2 * (5 + n) + 3 + 5 + n + 1 + 2 for n in range(400)), ["a", "b", "c"], 404, 404)
