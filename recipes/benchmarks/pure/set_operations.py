"""Sets of integers and of texts: unions, intersections, differences, membership, deduplication."""

EVENS, THREES, FIVES = (set(range(0, 900, step)) for step in (2, 3, 5))
TEXTS = ["item-%d" % (i % 150) for i in range(450)]


def bench(loops):
    for _ in range(loops):
        all_three = EVENS & THREES & FIVES
        any_of = EVENS | THREES | FIVES
        exactly_one = (EVENS - THREES - FIVES) | (THREES - EVENS - FIVES) | (FIVES - EVENS - THREES)
        members = sum(1 for n in range(900) if n in EVENS and n not in FIVES)
        seen, repeated = set(), 0
        for text in TEXTS:
            if text in seen:
                repeated += 1
            else:
                seen.add(text)
        pairs = {frozenset((a, b)) for a in range(12) for b in range(12)}
        answer = len(all_three), len(any_of), len(exactly_one), members, len(EVENS ^ THREES), repeated, len(pairs)
    return answer


EXPECTED = (30, 660, 420, 360, 450, 300, 78)
