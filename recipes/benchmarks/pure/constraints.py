"""One-way constraints between variables, with strengths, kept satisfied while inputs change: objects that call each other."""

LENGTH = 40
EDITS = 12


class Variable:
    def __init__(self, name, value=0):
        self.name, self.value = name, value
        self.determined_by = None
        self.used_by = []


class Constraint:
    strength = 0

    def __init__(self, output, inputs):
        self.output, self.inputs = output, inputs
        for variable in inputs:
            variable.used_by.append(self)

    def enforce(self):
        self.output.value = self.compute()


class Equal(Constraint):
    strength = 2

    def compute(self):
        return self.inputs[0].value


class Scale(Constraint):
    strength = 3

    def __init__(self, output, source, factor, offset):
        super().__init__(output, [source, factor, offset])

    def compute(self):
        source, factor, offset = self.inputs
        return source.value * factor.value + offset.value


class Sum(Constraint):
    strength = 1

    def compute(self):
        return sum(variable.value for variable in self.inputs)


class Planner:
    def __init__(self):
        self.plans = {}

    def add(self, constraint):
        """The stronger of two constraints on a variable holds."""
        holder = constraint.output.determined_by
        if holder is None or holder.strength < constraint.strength:
            constraint.output.determined_by = constraint
        self.plans.clear()

    def plan(self, variable):
        """All constraints that depend on the variable, in an order in which one pass satisfies them."""
        if variable.name not in self.plans:
            order, seen = [], set()
            self.visit(variable, order, seen)
            self.plans[variable.name] = order[::-1]
        return self.plans[variable.name]

    def visit(self, variable, order, seen):
        for constraint in variable.used_by:
            if constraint in seen or constraint.output.determined_by is not constraint:
                continue
            seen.add(constraint)
            self.visit(constraint.output, order, seen)
            order.append(constraint)

    def set(self, variable, value):
        variable.value = value
        for constraint in self.plan(variable):
            constraint.enforce()


def build(length):
    """A chain of equalities; each link is scaled; all scaled values are summed up. A weaker rule on a scaled value loses."""
    planner = Planner()
    chain = [Variable("c%d" % i) for i in range(length)]
    scaled = [Variable("s%d" % i) for i in range(length)]
    factor, offset, total = Variable("factor", 2), Variable("offset", 1), Variable("total")
    for before, after in zip(chain, chain[1:]):
        planner.add(Equal(after, [before]))
    for link, result in zip(chain, scaled):
        planner.add(Scale(result, link, factor, offset))
        planner.add(Sum(result, [factor, offset]))
    planner.add(Sum(total, scaled))
    return planner, chain[0], factor, total


def bench(loops):
    for _ in range(loops):
        planner, first, factor, total = build(LENGTH)
        totals = []
        for edit in range(EDITS):
            planner.set(first, edit)
            totals.append(total.value)
        planner.set(factor, 10)
        totals.append(total.value)
    return totals


EXPECTED = [LENGTH * (2 * edit + 1) for edit in range(EDITS)] + [LENGTH * (10 * (EDITS - 1) + 1)]
