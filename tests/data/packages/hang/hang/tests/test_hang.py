import hang


def test_1_doubles():
    assert hang.twice(2) == 4


def test_2_doubles_negative():
    assert hang.twice(-2) == -4


def test_3_doubles_zero():
    assert hang.twice(0) == 0


def test_4_never_ends():
    hang.wait_for_ever()


def test_5_doubles_large():
    assert hang.twice(2**29) == 2**30


def test_6_doubles_true():
    assert hang.twice(True) == 2
