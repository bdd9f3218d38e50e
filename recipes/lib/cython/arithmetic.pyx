# cython: language_level=3
"""Typed arithmetic and conversions between Python's numbers and C's."""
from libc.math cimport sqrt
from libc.stdint cimport int8_t, int64_t, uint8_t, uint64_t


def fibonacci(int n):
    cdef uint64_t a = 0, b = 1
    for _ in range(n):
        a, b = b, a + b
    return a


def hypotenuse(double a, double b):
    return sqrt(a * a + b * b)


def floor_division(int64_t a, int64_t b):
    return a // b, a % b


def to_int8(value):
    cdef int8_t result = value
    return result


def to_uint8(value):
    cdef uint8_t result = value
    return result


def to_uint64(value):
    cdef uint64_t result = value
    return result


def to_complex(double re, double im):
    cdef double complex z = re + im * 1j
    return z * z.conjugate()


def bits(uint64_t value):
    cdef int count = 0
    while value:
        count += value & 1
        value >>= 1
    return count


def harmonic(int n):
    cdef double total = 0
    cdef int i
    with nogil:
        for i in range(1, n + 1):
            total += 1.0 / i
    return total


cpdef float as_float(double value):
    return value
