# cython: language_level=3
"""Extension types, exceptions, generators, closures, properties."""
cdef extern from *:
    """
    struct point { int x; signed char tag; };
    static int point_sum(struct point p) { return p.x + p.tag; }
    """
    struct point:
        int x
        signed char tag
    int point_sum(point p)


cdef class Counter:
    cdef public long count
    cdef readonly str name
    cdef object _items

    def __cinit__(self, name="counter"):
        self.name = name
        self._items = []

    def __len__(self):
        return len(self._items)

    def __getitem__(self, index):
        return self._items[index]

    def __add__(self, other):
        cdef Counter result = Counter(self.name)
        result.count = self.count + other.count
        return result

    def __richcmp__(self, other, int op):
        if op == 2:
            return self.count == other.count
        return NotImplemented

    cpdef add(self, item):
        self.count += 1
        self._items.append(item)
        return self

    @property
    def twice(self):
        return 2 * self.count


cdef class Special(Counter):
    cpdef add(self, item):
        Counter.add(self, ("special", item))
        return self


cdef int checked(int value) except -1:
    if value < 0:
        raise ValueError("below zero")
    return value


def check(value):
    return checked(value)


def squares(int n):
    for i in range(n):
        yield i * i


def adder(n):
    def add(x):
        return x + n
    return add


def finally_order():
    seen = []
    try:
        try:
            raise KeyError("inner")
        finally:
            seen.append("finally")
    except KeyError as error:
        seen.append(error.args[0])
    return seen


def struct_sum(int x, int tag):
    cdef point p
    p.x = x
    p.tag = tag
    return point_sum(p), p


def keywords(a, *, b=2, **rest):
    return a, b, rest


async def waits(value):
    return value
