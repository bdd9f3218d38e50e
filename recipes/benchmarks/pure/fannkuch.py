"""Permutations, and how often the front of each can be turned over until a 1 stands first: lists of small integers."""

SIZE = 6


def fannkuch(size):
    order = list(range(size))
    counts = [0] * size
    most = checksum = number = 0
    while True:
        if order[0]:
            cards = order[:]
            flips = 0
            first = cards[0]
            while first:
                cards[:first + 1] = cards[first::-1]
                flips += 1
                first = cards[0]
            most = max(most, flips)
            checksum += -flips if number & 1 else flips
        number += 1
        place = 1
        while True:
            if place == size:
                return checksum, most
            order.insert(place, order.pop(0))
            counts[place] += 1
            if counts[place] <= place:
                break
            counts[place] = 0
            place += 1


def bench(loops):
    for _ in range(loops):
        answer = fannkuch(SIZE)
    return answer


EXPECTED = (49, 10)
