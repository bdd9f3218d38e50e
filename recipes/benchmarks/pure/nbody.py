"""Bodies that attract each other, as lists of numbers, by a symplectic integrator. The whole energy hardly changes."""

PAIRS_OF = 5
STEPS = 80
STEP = 0.01


def system():
    """A heavy body with light ones on about circular ways around it: [x, y, z, vx, vy, vz, mass]."""
    bodies = [[0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 1.0]]
    for i in range(1, PAIRS_OF):
        distance = 1.0 + i
        bodies.append([distance, 0.0, 0.05 * i, 0.0, distance ** -0.5, 0.0, 0.001 / i])
    return bodies


def energy(bodies):
    total = 0.0
    for i, (x, y, z, vx, vy, vz, mass) in enumerate(bodies):
        total += mass * (vx * vx + vy * vy + vz * vz) / 2
        for other in bodies[i + 1:]:
            dx, dy, dz = x - other[0], y - other[1], z - other[2]
            total -= mass * other[6] / (dx * dx + dy * dy + dz * dz) ** 0.5
    return total


def advance(bodies, pairs, step, count):
    for _ in range(count):
        for a, b in pairs:
            dx, dy, dz = a[0] - b[0], a[1] - b[1], a[2] - b[2]
            square = dx * dx + dy * dy + dz * dz
            pull = step / (square * square ** 0.5)
            to_a, to_b = b[6] * pull, a[6] * pull
            a[3] -= dx * to_a
            a[4] -= dy * to_a
            a[5] -= dz * to_a
            b[3] += dx * to_b
            b[4] += dy * to_b
            b[5] += dz * to_b
        for body in bodies:
            body[0] += step * body[3]
            body[1] += step * body[4]
            body[2] += step * body[5]


def bench(loops):
    for _ in range(loops):
        bodies = system()
        pairs = [(a, b) for i, a in enumerate(bodies) for b in bodies[i + 1:]]
        advance(bodies, pairs, STEP, STEPS)
    return bodies


def check(bodies):
    before, after = energy(system()), energy(bodies)
    assert abs(after / before - 1) < 0.01, (before, after)
    # The momentum along each axis stays what it was.
    for axis in (3, 4, 5):
        begun = sum(body[axis] * body[6] for body in system())
        assert abs(sum(body[axis] * body[6] for body in bodies) - begun) < 1e-12
    weighted = sum(place * value for place, value in enumerate((value for body in bodies for value in body), 1))
    assert abs(weighted - WEIGHTED) < 1e-6, weighted


WEIGHTED = 383.63003126429123  # all that there is of the bodies at the end, each number with its own weight
