"""Objects that refer to each other, written with pickle and read back, in two of its protocols."""
import pickle


class Point:
    def __init__(self, x, y):
        self.x, self.y = x, y
        self.neighbours = []


def grid(size):
    points = [[Point(x, y / 4) for x in range(size)] for y in range(size)]
    for row in points:
        for a, b in zip(row, row[1:]):
            a.neighbours.append(b)
            b.neighbours.append(a)
    return points


DATA = {"grid": grid(5), "bytes": bytes(range(256)), "big": 2 ** 200, "set": {1, 2, 3}, "list": list(range(200)), "text": "\u20ac" * 50}


def bench(loops):
    for _ in range(loops):
        answer = [pickle.loads(pickle.dumps(DATA, protocol)) for protocol in (2, 4)]
    return answer


def check(answer):
    for data in answer:
        assert all(data[name] == DATA[name] for name in DATA if name != "grid")
        rows = data["grid"]
        assert [[(p.x, p.y) for p in row] for row in rows] == [[(x, y / 4) for x in range(5)] for y in range(5)]
        assert rows[0][1].neighbours == [rows[0][0], rows[0][2]], "who is whose neighbour"
