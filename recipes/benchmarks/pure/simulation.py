"""A town of customers, counters and queues over simulated time: many small objects, an event queue, inheritance."""
import heapq

CUSTOMERS = 120
COUNTERS = 4


class Random:
    """The same numbers everywhere."""

    def __init__(self, seed):
        self.state = seed

    def below(self, limit):
        self.state = (self.state * 69069 + 12345) & 0xffffffff
        return (self.state >> 8) % limit


class Event:
    def __init__(self, at, number, action):
        self.at, self.number, self.action = at, number, action

    def __lt__(self, other):
        return (self.at, self.number) < (other.at, other.number)


class Customer:
    patience = 60

    def __init__(self, number, arrived, goods):
        self.number, self.arrived, self.goods = number, arrived, goods
        self.served = self.left = None

    def gives_up(self, now):
        return now - self.arrived > self.patience

    def time_needed(self):
        return 2 + self.goods


class Hurried(Customer):
    patience = 12

    def time_needed(self):
        return 1 + self.goods


class Counter:
    def __init__(self, shop):
        self.shop, self.queue, self.busy = shop, [], False

    def join(self, customer):
        self.queue.append(customer)
        if not self.busy:
            self.next()

    def next(self):
        shop = self.shop
        while self.queue:
            customer = self.queue.pop(0)
            if customer.gives_up(shop.now):
                shop.lost.append(customer)
                continue
            self.busy = True
            customer.served = shop.now
            shop.after(customer.time_needed(), lambda: self.finish(customer))
            return
        self.busy = False

    def finish(self, customer):
        customer.left = self.shop.now
        self.shop.happy.append(customer)
        self.next()


class Shop:
    def __init__(self, customers, counters):
        self.now = self.number = 0
        self.events, self.happy, self.lost = [], [], []
        self.counters = [Counter(self) for _ in range(counters)]
        random = Random(2024)
        at = 0
        for number in range(customers):
            at += random.below(3)
            kind = Hurried if random.below(3) == 0 else Customer
            customer = kind(number, at, random.below(8))
            self.after(at, lambda customer=customer: self.arrive(customer))

    def after(self, delay, action):
        self.number += 1
        heapq.heappush(self.events, Event(self.now + delay, self.number, action))

    def arrive(self, customer):
        min(self.counters, key=lambda counter: len(counter.queue) + counter.busy).join(customer)

    def run(self):
        while self.events:
            event = heapq.heappop(self.events)
            self.now = event.at
            event.action()


def bench(loops):
    for _ in range(loops):
        shop = Shop(CUSTOMERS, COUNTERS)
        shop.run()
    return len(shop.happy), len(shop.lost), shop.now, sum(customer.served - customer.arrived for customer in shop.happy)


EXPECTED = (95, 25, 141, 976)
