import boom


def test_01_adds():
    assert boom.add(2, 3) == 5


def test_02_adds_negative():
    assert boom.add(-2, 3) == 1


def test_03_ends_the_interpreter():
    boom.write_nowhere()


def test_04_adds_zero():
    assert boom.add(0, 0) == 0


def test_05_adds_large():
    assert boom.add(2**30, 2**30) == 2**31


def test_06_adds_true():
    assert boom.add(True, True) == 2


def test_07_refuses_text():
    try:
        boom.add("2", 3)
    except TypeError:
        return
    raise AssertionError("text was added")


def test_08_refuses_one_number():
    try:
        boom.add(2)
    except TypeError:
        return
    raise AssertionError("one number was added")


def test_09_is_wrong_on_purpose():
    assert boom.add(1, 1) == 3


def test_10_has_a_version():
    assert boom.__version__[0].isdigit()
