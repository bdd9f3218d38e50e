"""What it costs to cross from Python into C and back: a kind of value, and a way across. Times are per crossing.

The ways of one value do the same, so that their times against plain Python's are the price of the border.
"""
from border_ways import WAYS

COUNT = 100
BIG = 10 ** 12
SMALL_BYTES, LARGE_BYTES, LARGE_COUNT = 32, 1 << 18, 20
TIMES = 10

INNER_LOOPS = COUNT
bench = check = None


def unary(function, inputs):
    def run(loops):
        for _ in range(loops):
            answers = [function(value) for value in inputs]
        return answers
    return run


def binary(function, inputs):
    def run(loops):
        for _ in range(loops):
            answers = [function(a, b) for a, b in inputs]
        return answers
    return run


def allocating(function, sizes):
    """Each is let go when the next has come."""
    def run(loops):
        for _ in range(loops):
            for size in sizes:
                block = function(size)
        return [len(block)] * len(sizes)
    return run


def attribute(point, numbers):
    def run(loops):
        for _ in range(loops):
            answers = []
            for number in numbers:
                point.x = number
                answers.append(point.x)
        return answers
    return run


def of_int(way):
    inputs = [(BIG + i, 7 * i) for i in range(COUNT)]
    return binary(way.add, inputs), [a + b for a, b in inputs]


def of_cached_int(way):
    """Answers below 128, which CPython need not make anew."""
    return unary(way.low_bits_unlocked, [1000 + i for i in range(COUNT)]), [(1000 + i) % 128 for i in range(COUNT)]


def of_gil_held(way):
    return unary(way.low_bits, list(range(COUNT))), list(range(COUNT))


def of_gil_released(way):
    return unary(way.low_bits_unlocked, list(range(COUNT))), list(range(COUNT))


def of_float(way):
    inputs = [(float(i), i / 8) for i in range(COUNT)]
    return binary(way.weigh, inputs), [a * 0.75 + b for a, b in inputs]


def of_bool(way):
    inputs = [i % 3 == 0 for i in range(COUNT)]
    return unary(way.invert, inputs), [not flag for flag in inputs]


def of_bytes(way):
    inputs = [b"%020d" % i for i in range(COUNT)]
    return unary(way.reverse, inputs), [bytes(reversed(data)) for data in inputs]


def of_str(way):
    inputs = ["text number %06d" % i for i in range(COUNT)]
    return unary(way.upper, inputs), ["TEXT NUMBER %06d" % i for i in range(COUNT)]


def of_list(way):
    inputs = [[float(i + j) for j in range(20)] for i in range(COUNT)]
    return unary(way.total, inputs), [20.0 * i + 190 for i in range(COUNT)]


def of_dict(way):
    inputs = [{"k%d" % j if j % 2 else "x%d" % j: i + j for j in range(20)} for i in range(COUNT)]
    return unary(way.total_of_keys, inputs), [10 * i + 100 for i in range(COUNT)]


def of_callback(way):
    """Per call of the Python function by C; each crossing makes some."""
    step = way.as_callback(lambda n: n + 1)
    count = COUNT // TIMES
    return binary(way.call_back, [(step, TIMES)] * count), [TIMES * (TIMES + 1) // 2] * count


def of_small_allocation(way):
    return allocating(way.Block, [SMALL_BYTES] * COUNT), [SMALL_BYTES] * COUNT


def of_large_allocation(way):
    return allocating(way.Block, [LARGE_BYTES] * LARGE_COUNT), [LARGE_BYTES] * LARGE_COUNT


def of_attribute(way):
    """Written and read again."""
    return attribute(way.Point(), [BIG + i for i in range(COUNT)]), [BIG + i for i in range(COUNT)]


VALUES = {
    "int": of_int, "cached_int": of_cached_int, "gil_held": of_gil_held, "gil_released": of_gil_released, "float": of_float,
    "bool": of_bool, "bytes": of_bytes, "str": of_str, "list": of_list, "dict": of_dict, "callback": of_callback,
    "small_allocation": of_small_allocation, "large_allocation": of_large_allocation, "attribute": of_attribute,
}


def setup(value, way):
    global bench, check, INNER_LOOPS
    bench, expected = VALUES[value](WAYS[way]())
    INNER_LOOPS = LARGE_COUNT if value == "large_allocation" else COUNT

    def check(answers):
        assert len(answers) == len(expected)
        for answer, right in zip(answers, expected):
            assert answer == right and type(answer) is type(right), "%r instead of %r" % (answer, right)
