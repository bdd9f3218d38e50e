"""Pressure on the garbage collector: trees that live long beside many that die at once, and rings of references."""

DEPTH = 6


class Node:
    def __init__(self, left, right):
        self.left, self.right = left, right
        self.parent = None


def make(depth):
    if depth == 0:
        return Node(None, None)
    node = Node(make(depth - 1), make(depth - 1))
    node.left.parent = node.right.parent = node
    return node


def count(node):
    return 1 if node.left is None else 1 + count(node.left) + count(node.right)


def bench(loops):
    for _ in range(loops):
        kept = make(DEPTH)
        short_lived = 0
        for _ in range(6):
            short_lived += count(make(DEPTH - 2))
        ring = [[i] for i in range(100)]
        for i, member in enumerate(ring):
            member.append(ring[i - 1])
        answer = count(kept), short_lived, ring[0][1][0], kept.left.parent is kept
    return answer


EXPECTED = (2 ** (DEPTH + 1) - 1, 6 * (2 ** (DEPTH - 1) - 1), 99, True)
