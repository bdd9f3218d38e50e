"""Dictionaries: counting words, grouping, lookups that miss, updating and deleting, keys of several types."""

WORDS = ["w%d" % (i * i % 97) for i in range(600)]


def count(words):
    counts = {}
    for word in words:
        counts[word] = counts.get(word, 0) + 1
    return counts


def group(words):
    groups = {}
    for place, word in enumerate(words):
        groups.setdefault(len(word), []).append(place)
    return groups


def churn(rounds):
    table = {}
    misses = 0
    for i in range(rounds):
        table[i] = table[(i, i + 1)] = i
        if i >= 50:
            del table[i - 50]
        if (i - 25, i) not in table:
            misses += 1
    return len(table), misses


def bench(loops):
    for _ in range(loops):
        counts = count(WORDS)
        inverse = {}
        for word, number in counts.items():
            inverse.setdefault(number, set()).add(word)
        answer = (sum(counts.values()), len(counts), sorted(group(WORDS)), churn(800),
                  sum(counts[word] for word in WORDS if word in counts), len(dict(counts, w0=0)))
    return answer


def check(answer):
    total, distinct, lengths, churned, squares, extended = answer
    assert total == len(WORDS) and distinct == extended == len(set(WORDS)) == 49
    assert lengths == [2, 3] and churned == (850, 800)
    assert squares == sum(WORDS.count(word) ** 2 for word in set(WORDS))
