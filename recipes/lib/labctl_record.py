"""The events of a test run, as labctl_suite.py reads them along and adds its own. Its head lists them."""
import json


class Record:
    """The events of all sessions so far: what ran, what is running, what to leave out next time."""

    def __init__(self, path):
        self.path = path
        self.offset = 0
        self.rest = b""
        self.ran = {}       # name of a test: how often it began
        self.left_out = []  # modules that killed or held up an interpreter
        self.told = []      # findings of the collection
        self.done = self.bad = self.total = 0
        self.new_session()
        open(path, "wb").close()

    def new_session(self):
        self.running = None     # (number, name) of the test at hand
        self.collecting = None  # name of the module at hand
        self.collected = None   # how many tests this session is to run
        self.ended = None       # the session_end event
        self.in_session = 0     # how many began in this session
        self.last_name = ""

    def read(self):
        """True when there was something new."""
        with open(self.path, "rb") as events:
            events.seek(self.offset)
            data = events.read()
        self.offset += len(data)
        lines = (self.rest + data).split(b"\n")
        self.rest = lines.pop()
        for line in lines:
            self.take_line(line)
        return bool(data)

    def take_line(self, line):
        try:
            event = json.loads(line.decode("utf-8", "replace"))
            take = getattr(self, "on_" + event["e"], None)
        except (ValueError, KeyError, TypeError):
            return  # what a dying interpreter left of a line
        if take:
            take(event)

    def on_collect(self, event):
        self.collecting = event["t"]

    def on_broken(self, event):
        self.told.append(event["t"])
        self.count(True)

    def on_skipped(self, event):
        self.told.append(event["t"])
        self.count(False)

    def on_collected(self, event):
        self.collecting = None
        self.collected = event["n"]
        self.total = max(self.total, self.done + event["n"])

    def on_start(self, event):
        name = event["t"]
        self.ran[name] = self.ran.get(name, 0) + 1
        self.running = (event["i"], name)
        self.last_name = name
        self.in_session += 1

    def on_end(self, event):
        if self.running and self.running[0] == event["i"]:
            self.running = None
            self.count(event["v"] == "failed")

    def on_session_end(self, event):
        self.ended = event

    def count(self, bad):
        self.done += 1
        self.bad += bad

    def tell(self, event, **fields):
        fields["e"] = event
        line = (json.dumps(fields) + "\n").encode("ascii")
        # A line that the interpreter did not come to the end of is ended here.
        line = b"\n" + line if self.rest else line
        self.rest = b""
        with open(self.path, "ab", 0) as events:
            self.offset += len(line)
            events.write(line)

    def withdraw(self):
        """The test at hand did nothing wrong: as if it had not begun."""
        if self.running:
            self.ran[self.running[1]] -= 1
            self.tell("again", t=self.running[1])
            self.running = None

    def tell_bad(self, event, name, detail, **fields):
        self.count(True)
        self.tell(event, t=name, d=detail, **fields)
