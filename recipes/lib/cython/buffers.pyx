# cython: language_level=3
"""Memory views, bytes and text, C arrays."""
from libc.stdint cimport uint32_t
from libc.stdlib cimport free, malloc
from libc.string cimport memcpy


def total(double[:] values):
    cdef double result = 0
    cdef Py_ssize_t i
    for i in range(values.shape[0]):
        result += values[i]
    return result


def scale(int[:] values, int factor):
    cdef Py_ssize_t i
    for i in range(values.shape[0]):
        values[i] *= factor


def every_other(int[:] values):
    return [value for value in values[::2]]


def out_of_bounds(int[:] values):
    return values[values.shape[0]]


def first_byte(uint32_t value):
    """Which end comes first shows the machine's byte order."""
    cdef unsigned char parts[4]
    memcpy(parts, &value, 4)
    return parts[0]


def encoded(str text):
    cdef bytes data = text.encode("utf-8")
    cdef const char *raw = data
    cdef Py_ssize_t i
    return [<unsigned char>raw[i] for i in range(len(data))]


def characters(str text):
    return [ord(c) for c in text]


def sorted_copy(values):
    cdef Py_ssize_t n = len(values), i, j
    cdef long *copy = <long *>malloc((n + 1) * sizeof(long))
    cdef long held
    if copy == NULL:
        raise MemoryError()
    try:
        for i in range(n):
            copy[i] = values[i]
        for i in range(1, n):
            held = copy[i]
            j = i
            while j > 0 and copy[j - 1] > held:
                copy[j] = copy[j - 1]
                j -= 1
            copy[j] = held
        return [copy[i] for i in range(n)]
    finally:
        free(copy)
