import sys

import plain


def test_reverses():
    assert plain.reversed_words("one two three") == "three two one"


def test_reverses_nothing():
    assert plain.reversed_words("") == ""


def test_knows_its_byte_order():
    assert int.from_bytes(b"\1\0", sys.byteorder) == (256 if sys.byteorder == "big" else 1)
