"""A package that rounds otherwise from version 1.5 on."""
__version__ = "@VERSION@"


def half(number):
    return -(-number // 2) if __version__ >= "1.5" else number // 2
