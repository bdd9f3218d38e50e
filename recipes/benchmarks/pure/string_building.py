"""Texts made piece by piece: joining, adding to the end, replacing, changing case, characters outside ASCII."""


def bench(loops):
    for _ in range(loops):
        joined = ",".join([str(i) for i in range(500)])
        added = ""
        for i in range(500):
            added += chr(97 + i % 26)
        mixed = "".join("\u00e4\u20ac\U0001f40d"[i % 3] for i in range(300))
        changed = added.upper().replace("ABC", "<>").swapcase()
        padded = [word.rjust(8, ".") for word in added[:100]]
        answer = joined, added[::-1], mixed * 2, changed, "".join(padded), mixed.encode("utf-8").decode("utf-8") == mixed
    return answer


def check(answer):
    joined, backwards, mixed, changed, padded, same = answer
    assert sum(map(int, joined.split(","))) == 124750
    assert backwards.startswith("fedcbazyx") and len(backwards) == 500
    assert mixed == "\u00e4\u20ac\U0001f40d" * 200
    assert changed == ("<>" + "defghijklmnopqrstuvwxyz") * 19 + "<>def" and len(backwards) == 19 * 26 + 6
    assert len(padded) == 800 and padded.split(".......") == [""] + list(backwards[:-101:-1]) and same is True
