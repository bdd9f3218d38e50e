"""Arithmetic read by recursive descent, kept as a tree, evaluated and written out again."""

TEXT = "(1 + 2) * x - 3 / (y - -4) + 2 * (x * x - (y + 1) * (y - 1)) / 5 - max(x, 3 * y, 7) * -min(2, x) + 12.5"


class Parser:
    def __init__(self, text):
        self.text, self.at = text, 0

    def peek(self):
        while self.at < len(self.text) and self.text[self.at] == " ":
            self.at += 1
        return self.text[self.at] if self.at < len(self.text) else ""

    def accept(self, letters):
        letter = self.peek()
        if letter and letter in letters:
            self.at += 1
            return letter
        return ""

    def expect(self, letter):
        if not self.accept(letter):
            raise SyntaxError("%r expected at %d" % (letter, self.at))

    def chain(self, operators, operand):
        tree = operand()
        while True:
            operator = self.accept(operators)
            if not operator:
                return tree
            tree = (operator, tree, operand())

    def expression(self):
        return self.chain("+-", self.term)

    def term(self):
        return self.chain("*/", self.factor)

    def factor(self):
        if self.accept("-"):
            return ("negative", self.factor())
        if self.accept("("):
            inside = self.expression()
            self.expect(")")
            return inside
        return self.name() if self.peek().isalpha() else self.number()

    def run(self, belongs):
        start = self.at
        while self.at < len(self.text) and belongs(self.text[self.at]):
            self.at += 1
        return self.text[start:self.at]

    def number(self):
        self.peek()
        return ("number", float(self.run(lambda letter: letter.isdigit() or letter == ".")))

    def name(self):
        name = self.run(str.isalpha)
        if not self.accept("("):
            return ("name", name)
        arguments = [self.expression()]
        while self.accept(","):
            arguments.append(self.expression())
        self.expect(")")
        return ("call", name, arguments)


def evaluate(tree, names):
    kind = tree[0]
    if kind == "number":
        return tree[1]
    if kind == "name":
        return names[tree[1]]
    if kind == "negative":
        return -evaluate(tree[1], names)
    if kind == "call":
        return {"min": min, "max": max}[tree[1]](*[evaluate(argument, names) for argument in tree[2]])
    left, right = evaluate(tree[1], names), evaluate(tree[2], names)
    return {"+": left.__add__, "-": left.__sub__, "*": left.__mul__, "/": left.__truediv__}[kind](right)


def write(tree):
    kind = tree[0]
    if kind in ("number", "name"):
        return str(tree[1])
    if kind == "negative":
        return "-%s" % write(tree[1])
    if kind == "call":
        return "%s(%s)" % (tree[1], ", ".join(write(argument) for argument in tree[2]))
    return "(%s %s %s)" % (write(tree[1]), kind, write(tree[2]))


def bench(loops):
    for _ in range(loops):
        tree = Parser(TEXT).expression()
        again = Parser(write(tree)).expression()
        answer = again == tree, [round(evaluate(tree, {"x": float(x), "y": 2.0}), 9) for x in range(20)]
    return answer


def check(answer):
    same, values = answer
    assert same is True
    for x, value in enumerate(values):
        y = 2.0
        right = (1 + 2) * x - 3 / (y - -4) + 2 * (x * x - (y + 1) * (y - 1)) / 5 - max(x, 3 * y, 7) * -min(2, x) + 12.5
        assert abs(value - right) < 1e-8, (x, value, right)
