from steps import half


def test_even():
    assert half(4) == 2


def test_odd():
    assert half(5) == 2, "half of 5 is %d" % half(5)
