"""The ways across the border. Each is a class with the same functions; what it takes to get values across is done in them."""
import border_build


class Python:
    """No border at all: what the others are compared with."""

    class Point:
        def __init__(self):
            self.x, self.y = 0, 0.0

    Block = bytearray

    @staticmethod
    def add(a, b):
        return a + b

    @staticmethod
    def low_bits(n):
        return n & 127

    low_bits_unlocked = low_bits

    @staticmethod
    def weigh(a, b):
        return a * 0.75 + b

    @staticmethod
    def invert(flag):
        return not flag

    @staticmethod
    def reverse(data):
        return data[::-1]

    @staticmethod
    def upper(text):
        return text.upper()

    @staticmethod
    def total(items):
        result = 0.0
        for item in items:
            result += item
        return result

    @staticmethod
    def total_of_keys(table):
        result = 0
        for key, value in table.items():
            if key[0] == "k":
                result += value
        return result

    @staticmethod
    def call_back(function, times):
        result = 0
        for n in range(times):
            result += function(n)
        return result

    @staticmethod
    def as_callback(function):
        return function


def extension():
    """The module itself: its functions take and give objects."""
    module = border_build.load_module("extension")
    module.as_callback = lambda function: function
    return module


class Cffi:
    """In API mode: the C compiler has seen both sides. Other threads may always run meanwhile: there is no low_bits()."""

    def __init__(self):
        module = border_build.load_module("cffi")
        self.ffi, self.lib = module.ffi, module.lib
        self.add, self.low_bits_unlocked = self.lib.crossing_add, self.lib.crossing_low_bits
        self.weigh, self.invert = self.lib.crossing_weigh, self.lib.crossing_invert

    def Point(self):
        return self.ffi.new("struct point *")

    def Block(self, size):
        return self.ffi.new("char[]", size)

    def reverse(self, data):
        length = len(data)
        out = self.ffi.new("char[]", length)
        self.lib.crossing_reverse(data, out, length)
        return self.ffi.unpack(out, length)

    def upper(self, text):
        data = text.encode("utf-8")
        length = len(data)
        out = self.ffi.new("char[]", length)
        self.lib.crossing_upper(data, out, length)
        return self.ffi.unpack(out, length).decode("utf-8")

    def total(self, items):
        return self.lib.crossing_total(items, len(items))

    def total_of_keys(self, table):
        keys = [self.ffi.new("char[]", key.encode("utf-8")) for key in table]
        return self.lib.crossing_total_of_keys(keys, list(table.values()), len(keys))

    def call_back(self, function, times):
        return self.lib.crossing_call_back(function, times)

    def as_callback(self, function):
        self.ffi.def_extern(name="border_step")(function)
        return self.lib.border_step


class Ctypes:
    def __init__(self):
        import ctypes
        self.ctypes = ctypes
        path = border_build.build("ctypes")
        self.functions = ctypes.CDLL(path)
        number, real, size, data = ctypes.c_longlong, ctypes.c_double, ctypes.c_size_t, ctypes.c_char_p
        self.callback = ctypes.CFUNCTYPE(number, number)
        self.add = self.function(self.functions, "add", number, number, number)
        if hasattr(ctypes, "PyDLL"):  # other threads wait; PyPy has no such thing
            self.low_bits = self.function(ctypes.PyDLL(path), "low_bits", number, number)
        self.low_bits_unlocked = self.function(self.functions, "low_bits", number, number)
        self.weigh = self.function(self.functions, "weigh", real, real, real)
        self.invert = self.function(self.functions, "invert", ctypes.c_bool, ctypes.c_bool)
        self.c_reverse = self.function(self.functions, "reverse", None, data, data, size)
        self.c_upper = self.function(self.functions, "upper", None, data, data, size)
        self.c_total = self.function(self.functions, "total", real, ctypes.POINTER(real), size)
        self.c_total_of_keys = self.function(self.functions, "total_of_keys", number, ctypes.POINTER(data),
                                             ctypes.POINTER(number), size)
        self.call_back = self.function(self.functions, "call_back", number, self.callback, number)

        class Point(ctypes.Structure):
            _fields_ = [("x", number), ("y", real)]
        self.Point = Point

    @staticmethod
    def function(library, name, result, *arguments):
        found = library["crossing_" + name]
        found.restype, found.argtypes = result, arguments
        return found

    def Block(self, size):
        return self.ctypes.create_string_buffer(size)

    def reverse(self, data):
        length = len(data)
        out = self.ctypes.create_string_buffer(length)
        self.c_reverse(data, out, length)
        return out.raw

    def upper(self, text):
        data = text.encode("utf-8")
        length = len(data)
        out = self.ctypes.create_string_buffer(length)
        self.c_upper(data, out, length)
        return out.raw.decode("utf-8")

    def total(self, items):
        length = len(items)
        return self.c_total((self.ctypes.c_double * length)(*items), length)

    def total_of_keys(self, table):
        length = len(table)
        keys = (self.ctypes.c_char_p * length)(*[key.encode("utf-8") for key in table])
        values = (self.ctypes.c_longlong * length)(*table.values())
        return self.c_total_of_keys(keys, values, length)

    def as_callback(self, function):
        return self.callback(function)


WAYS = {"python": Python, "extension": extension, "cffi": Cffi, "ctypes": Ctypes}
