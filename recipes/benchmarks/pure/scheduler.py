"""An operating system in small: tasks of several kinds with priorities send each other packets. Objects, methods, queues."""
import collections

PACKETS = 60


class Packet:
    def __init__(self, number, kind):
        self.number, self.kind = number, kind
        self.hops = 0


class Task:
    def __init__(self, system, name, priority):
        self.system, self.name, self.priority = system, name, priority
        self.queue = collections.deque()
        self.runs = 0

    def is_ready(self):
        return bool(self.queue)

    def receive(self, packet):
        packet.hops += 1
        self.queue.append(packet)

    def run(self):
        self.runs += 1
        self.work(self.queue.popleft())

    def work(self, packet):
        raise NotImplementedError


class Source(Task):
    """Makes all packets, some of each kind."""

    def __init__(self, system, name, priority, count):
        super().__init__(system, name, priority)
        self.left = count
        self.state = 7

    def is_ready(self):
        return self.left > 0

    def run(self):
        self.runs += 1
        self.left -= 1
        self.state = self.state * 1103 % 8191
        self.system.send("router", Packet(self.left, "disk" if self.state % 3 else "line"))


class Router(Task):
    def work(self, packet):
        self.system.send(packet.kind, packet)


class Device(Task):
    """Holds a packet back for some rounds, then passes it on to the worker."""

    def __init__(self, system, name, priority, delay):
        super().__init__(system, name, priority)
        self.delay = self.waiting = delay

    def run(self):
        if self.waiting:
            self.waiting -= 1
            self.runs += 1
            return
        self.waiting = self.delay
        super().run()

    def work(self, packet):
        self.system.send("worker", packet)


class Worker(Task):
    def __init__(self, system, name, priority):
        super().__init__(system, name, priority)
        self.finished = []

    def work(self, packet):
        if packet.hops < 6:
            self.system.send("router", packet)
        else:
            self.finished.append(packet.number)


class System:
    def __init__(self, packets):
        self.tasks = {}
        for task in (Source(self, "source", 1, packets), Router(self, "router", 4), Device(self, "disk", 2, 2),
                     Device(self, "line", 2, 1), Worker(self, "worker", 3)):
            self.tasks[task.name] = task
        self.order = sorted(self.tasks.values(), key=lambda task: -task.priority)

    def send(self, name, packet):
        self.tasks[name].receive(packet)

    def run(self):
        while True:
            for task in self.order:
                if task.is_ready():
                    task.run()
                    break
            else:
                return


def bench(loops):
    for _ in range(loops):
        system = System(PACKETS)
        system.run()
    return {task.name: task.runs for task in system.order}, system.tasks["worker"].finished


def check(answer):
    runs, finished = answer
    assert sorted(finished) == list(range(PACKETS)), "packets were lost"
    # Each packet goes round twice: router, device, worker.
    assert runs["source"] == PACKETS and runs["router"] == runs["worker"] == 2 * PACKETS, runs
    assert runs["disk"] + runs["line"] == DEVICE_RUNS, runs


DEVICE_RUNS = 318
