"""A picture of mirroring spheres over a chequered floor: small objects with operators, floating point."""

COLUMNS, ROWS = 12, 8
DEPTH = 3
TINY = 1e-6


class Vector:
    __slots__ = ("x", "y", "z")

    def __init__(self, x, y, z):
        self.x, self.y, self.z = x, y, z

    def __add__(self, other):
        return Vector(self.x + other.x, self.y + other.y, self.z + other.z)

    def __sub__(self, other):
        return Vector(self.x - other.x, self.y - other.y, self.z - other.z)

    def __mul__(self, factor):
        return Vector(self.x * factor, self.y * factor, self.z * factor)

    def dot(self, other):
        return self.x * other.x + self.y * other.y + self.z * other.z

    def unit(self):
        return self * (1 / self.dot(self) ** 0.5)

    def mirrored(self, normal):
        return self - normal * (2 * self.dot(normal))


class Sphere:
    def __init__(self, centre, radius, shine):
        self.centre, self.radius, self.shine = centre, radius, shine

    def distance(self, start, way):
        to_centre = self.centre - start
        along = to_centre.dot(way)
        inside = self.radius ** 2 - to_centre.dot(to_centre) + along * along
        if inside < 0:
            return None
        distance = along - inside ** 0.5
        return distance if distance > TINY else None

    def normal(self, point):
        return (point - self.centre).unit()

    def brightness(self, point):
        return 0.9


class Floor:
    shine = 0.2

    def distance(self, start, way):
        if way.y >= -TINY:
            return None
        return -start.y / way.y

    def normal(self, point):
        return Vector(0.0, 1.0, 0.0)

    def brightness(self, point):
        return 1.0 if (point.x // 1 + point.z // 1) % 2 else 0.2


class Scene:
    def __init__(self):
        self.things = [Floor()] + [Sphere(Vector(x, 1.0, z), 0.95, 0.4) for x, z in ((-2.1, 6.0), (0.1, 5.0), (2.2, 7.0))]
        self.light = Vector(-4.0, 8.0, -3.0)

    def hit(self, start, way):
        nearest, thing = None, None
        for candidate in self.things:
            distance = candidate.distance(start, way)
            if distance is not None and (nearest is None or distance < nearest):
                nearest, thing = distance, candidate
        return nearest, thing

    def brightness(self, start, way, depth):
        distance, thing = self.hit(start, way)
        if thing is None:
            return 0.5 + 0.4 * way.y
        point = start + way * distance
        normal = thing.normal(point)
        point = point + normal * TINY
        to_light = (self.light - point).unit()
        lit = max(0.0, normal.dot(to_light)) if self.hit(point, to_light)[1] is None else 0.0
        own = thing.brightness(point) * (0.15 + 0.85 * lit)
        if depth == 0:
            return own
        return own * (1 - thing.shine) + thing.shine * self.brightness(point, way.mirrored(normal), depth - 1)


def picture():
    scene, eye = Scene(), Vector(0.0, 1.6, -2.0)
    return [[scene.brightness(eye, Vector((column - COLUMNS / 2 + 0.5) / COLUMNS, (ROWS / 2 - row - 0.5) / COLUMNS, 1.0).unit(), DEPTH)
             for column in range(COLUMNS)] for row in range(ROWS)]


def bench(loops):
    for _ in range(loops):
        lines = picture()
    return lines


def check(lines):
    assert all(0 <= value <= 1 for line in lines for value in line)
    assert abs(sum(map(sum, lines)) - LIGHT) < 1e-6, sum(map(sum, lines))


LIGHT = 47.98786153870916
