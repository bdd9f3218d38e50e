"""Does Cython translate, the compiler compile, and the runtime load and run what comes out? Debian's Cython holds no tests.

$LABCTL_CFLAGS are given to the compiler.
"""
import array
import importlib.util
import os
import shutil
import subprocess
import sys
import sysconfig

import pytest

HERE = os.path.dirname(os.path.abspath(__file__))


def build(name, folder):
    """Translates and compiles HERE/name.pyx, and imports the result."""
    source = os.path.join(str(folder), name + ".c")
    library = os.path.join(str(folder), name + (sysconfig.get_config_var("EXT_SUFFIX") or ".so"))
    compiler = shutil.which("cc") or shutil.which("gcc")
    assert compiler, "No C compiler found"
    run([sys.executable, "-m", "cython", "-3", os.path.join(HERE, name + ".pyx"), "-o", source])
    run([compiler, "-shared", "-fPIC", "-fwrapv", "-w"] + os.environ.get("LABCTL_CFLAGS", "-O1").split() +
        ["-I" + sysconfig.get_path("include"), source, "-o", library, "-lm"])
    spec = importlib.util.spec_from_file_location(name, library)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def run(command):
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    assert done.returncode == 0, done.stdout.decode("utf-8", "replace")


@pytest.fixture(scope="module")
def arithmetic(tmp_path_factory):
    return build("arithmetic", tmp_path_factory.mktemp("arithmetic"))


@pytest.fixture(scope="module")
def objects(tmp_path_factory):
    return build("objects", tmp_path_factory.mktemp("objects"))


@pytest.fixture(scope="module")
def buffers(tmp_path_factory):
    return build("buffers", tmp_path_factory.mktemp("buffers"))


@pytest.mark.parametrize("n, expected", [(0, 0), (1, 1), (10, 55), (93, 12200160415121876738)])
def test_unsigned_arithmetic(arithmetic, n, expected):
    assert arithmetic.fibonacci(n) == expected


def test_library_call(arithmetic):
    assert arithmetic.hypotenuse(3, 4) == 5.0


@pytest.mark.parametrize("a", [-7, 7])
@pytest.mark.parametrize("b", [-3, 3])
def test_division_is_pythons(arithmetic, a, b):
    assert arithmetic.floor_division(a, b) == (a // b, a % b)


def test_division_by_zero(arithmetic):
    with pytest.raises(ZeroDivisionError):
        arithmetic.floor_division(1, 0)


@pytest.mark.parametrize("name, low, high", [("to_int8", -128, 127), ("to_uint8", 0, 255), ("to_uint64", 0, 2**64 - 1)])
def test_ranges_of_integers(arithmetic, name, low, high):
    convert = getattr(arithmetic, name)
    assert convert(low) == low
    assert convert(high) == high
    for beyond in (low - 1, high + 1):
        with pytest.raises(OverflowError):
            convert(beyond)


def test_no_integer_from_text(arithmetic):
    with pytest.raises(TypeError):
        arithmetic.to_int8("1")


def test_complex_numbers(arithmetic):
    assert arithmetic.to_complex(3, 4) == 25


@pytest.mark.parametrize("value", [0, 1, 255, 2**63, 2**64 - 1])
def test_bits(arithmetic, value):
    assert arithmetic.bits(value) == bin(value).count("1")


def test_without_the_lock(arithmetic):
    assert abs(arithmetic.harmonic(10) - 2.9289682539682538) < 1e-12


def test_single_precision(arithmetic):
    assert arithmetic.as_float(0.5) == 0.5
    assert arithmetic.as_float(0.1) != 0.1


def test_extension_type(objects):
    counter = objects.Counter("a").add(1).add("two")
    assert (counter.count, counter.name, counter.twice, len(counter), counter[1]) == (2, "a", 4, 2, "two")
    with pytest.raises(AttributeError):
        counter.name = "b"
    with pytest.raises(IndexError):
        counter[2]


def test_operators(objects):
    one, two = objects.Counter().add(1), objects.Counter().add(1).add(2)
    assert (one + two).count == 3
    assert one + one == two
    assert not one == two


def test_inheritance(objects):
    special = objects.Special().add(1)
    assert isinstance(special, objects.Counter)
    assert special[0] == ("special", 1)


def test_subclass_in_python(objects):
    class Mine(objects.Counter):
        def add(self, item):
            return super().add(item * 2)
    assert Mine().add(4)[0] == 8


def test_exceptions_come_through(objects):
    assert objects.check(3) == 3
    with pytest.raises(ValueError, match="below zero"):
        objects.check(-3)
    assert objects.finally_order() == ["finally", "inner"]


def test_generators(objects):
    assert list(objects.squares(5)) == [0, 1, 4, 9, 16]
    running = objects.squares(5)
    next(running)
    running.close()
    assert list(running) == []


def test_closures(objects):
    assert objects.adder(3)(4) == 7


def test_structs(objects):
    assert objects.struct_sum(1000, -100) == (900, {"x": 1000, "tag": -100})


def test_keyword_arguments(objects):
    assert objects.keywords(1, b=3, c=4) == (1, 3, {"c": 4})
    assert objects.keywords(1) == (1, 2, {})
    with pytest.raises(TypeError):
        objects.keywords(1, 2)
    with pytest.raises(TypeError):
        objects.keywords()


def test_coroutines(objects):
    waiting = objects.waits(7)
    with pytest.raises(StopIteration) as end:
        waiting.send(None)
    assert end.value.value == 7


def test_memory_view_sum(buffers):
    assert buffers.total(array.array("d", [0.5, 1.5, 2.0])) == 4.0
    assert buffers.total(array.array("d")) == 0.0


def test_memory_view_writes(buffers):
    values = array.array("i", [1, -2, 3])
    buffers.scale(values, -2)
    assert list(values) == [-2, 4, -6]


def test_memory_view_slices(buffers):
    assert buffers.every_other(array.array("i", range(7))) == [0, 2, 4, 6]


def test_memory_view_checks_type_and_bounds(buffers):
    with pytest.raises(ValueError):
        buffers.total(array.array("i", [1]))
    with pytest.raises(IndexError):
        buffers.out_of_bounds(array.array("i", [1]))
    with pytest.raises(TypeError):
        buffers.total([1.0])


def test_read_only_buffers_are_refused(buffers):
    with pytest.raises((BufferError, ValueError, TypeError)):
        buffers.scale(bytes(8), 2)


def test_byte_order(buffers):
    assert buffers.first_byte(0x01020304) == (1 if sys.byteorder == "big" else 4)


@pytest.mark.parametrize("text", ["", "ascii", "Zo\u00eb", "\u20ac", "\U0001f40d"])
def test_text(buffers, text):
    assert buffers.encoded(text) == list(text.encode("utf-8"))
    assert buffers.characters(text) == [ord(c) for c in text]


def test_c_memory(buffers):
    assert buffers.sorted_copy([3, -1, 2, -1]) == [-1, -1, 2, 3]
    assert buffers.sorted_copy([]) == []
    with pytest.raises(TypeError):
        buffers.sorted_copy([1, "two"])
