"""Sorting: by the built-in function with and without keys, nearly sorted data, and a quicksort in Python."""

STATE = 12345


def numbers(count):
    state, found = STATE, []
    for _ in range(count):
        state = (state * 1103515245 + 12345) & 0x7fffffff
        found.append(state >> 8)
    return found


NUMBERS = numbers(400)
TEXTS = ["%x" % n for n in NUMBERS]


def quicksort(items):
    if len(items) < 2:
        return items
    pivot = items[len(items) // 2]
    return (quicksort([item for item in items if item < pivot]) + [item for item in items if item == pivot] +
            quicksort([item for item in items if item > pivot]))


def bench(loops):
    for _ in range(loops):
        in_order = sorted(NUMBERS)
        by_digit = sorted(NUMBERS, key=lambda n: (n % 10, n))
        nearly = in_order[:]
        nearly[10], nearly[300] = nearly[300], nearly[10]
        nearly.sort(reverse=True)
        answer = in_order, by_digit, nearly, sorted(TEXTS), quicksort(NUMBERS), sorted(TEXTS, key=len)
    return answer


def check(answer):
    in_order, by_digit, nearly, texts, quick, by_length = answer
    assert all(a <= b for a, b in zip(in_order, in_order[1:])) and sum(in_order) == sum(NUMBERS) and len(in_order) == 400
    assert quick == in_order and nearly == in_order[::-1]
    assert [n % 10 for n in by_digit] == sorted(n % 10 for n in NUMBERS) and sorted(by_digit) == in_order
    assert all(a <= b for a, b in zip(texts, texts[1:])) and set(texts) == set(TEXTS)
    assert by_length == [text for length in range(9) for text in TEXTS if len(text) == length], "equal ones keep their order"
