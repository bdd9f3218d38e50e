"""A number puzzle solved by trying, the cell with the fewest choices first: lists, bit masks and backtracking."""

# A puzzle of 4 blocks by 4 would be too easy; this is the usual 9 by 9, with 30 numbers given.
PUZZLE = ("53..7...." "6..195..." ".98....6." "8...6...3" "4..8.3..1" "7...2...6" ".6....28." "...419..5" "....8..79")
ALL = 0x1ff
BLOCK = [cell // 27 * 3 + cell % 9 // 3 for cell in range(81)]


class Puzzle:
    def __init__(self, text):
        self.cells = [0] * 81
        self.rows, self.columns, self.blocks = [ALL] * 9, [ALL] * 9, [ALL] * 9
        for cell, letter in enumerate(text):
            if letter != ".":
                self.put(cell, 1 << (int(letter) - 1))

    def choices(self, cell):
        return self.rows[cell // 9] & self.columns[cell % 9] & self.blocks[BLOCK[cell]]

    def put(self, cell, bit):
        """Or takes it away again."""
        self.cells[cell] ^= bit
        self.rows[cell // 9] ^= bit
        self.columns[cell % 9] ^= bit
        self.blocks[BLOCK[cell]] ^= bit

    def fewest(self):
        best, best_count, best_choices = -1, 10, 0
        for cell in range(81):
            if not self.cells[cell]:
                choices = self.choices(cell)
                count = bin(choices).count("1")
                if count < best_count:
                    best, best_count, best_choices = cell, count, choices
                    if count <= 1:
                        break
        return best, best_choices

    def solve(self):
        cell, choices = self.fewest()
        if cell < 0:
            return True
        while choices:
            bit = choices & -choices
            choices ^= bit
            self.put(cell, bit)
            if self.solve():
                return True
            self.put(cell, bit)
        return False

    def text(self):
        return "".join(str(bit.bit_length()) for bit in self.cells)


def bench(loops):
    for _ in range(loops):
        puzzle = Puzzle(PUZZLE)
        puzzle.solve()
    return puzzle.text()


def check(text):
    assert len(text) == 81
    assert all(given in (".", found) for given, found in zip(PUZZLE, text)), "it is another puzzle"
    lines = [range(9 * i, 9 * i + 9) for i in range(9)] + [range(i, 81, 9) for i in range(9)]
    lines += [[cell for cell in range(81) if BLOCK[cell] == i] for i in range(9)]
    assert all(sorted(text[cell] for cell in line) == list("123456789") for line in lines), "it is not solved"
