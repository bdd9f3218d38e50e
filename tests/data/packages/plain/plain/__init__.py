"""Pure Python: the same everywhere."""
__version__ = "@VERSION@"


def reversed_words(text):
    return " ".join(reversed(text.split()))
