"""Two players of a board game who look some moves ahead: flat lists, small integers, recursion."""

EMPTY, DARK, LIGHT, WALL = 0, 1, 2, 3
WIDTH = 10
WAYS = (-11, -10, -9, -1, 1, 9, 10, 11)
# What a field is worth: corners much, those beside them less than nothing.
ROW_VALUES = ((20, -5, 3, 2), (-5, -7, 1, 1), (3, 1, 2, 1), (2, 1, 1, 1))
MOVES = 4
DEPTH = 2


def worth(place):
    row, column = place // WIDTH - 1, place % WIDTH - 1
    return ROW_VALUES[min(row, 7 - row)][min(column, 7 - column)]


FIELDS = [row * WIDTH + column for row in range(1, 9) for column in range(1, 9)]
WORTH = [worth(place) if place in FIELDS else 0 for place in range(WIDTH * WIDTH)]


def new_board():
    board = [WALL] * (WIDTH * WIDTH)
    for place in FIELDS:
        board[place] = EMPTY
    board[44] = board[55] = LIGHT
    board[45] = board[54] = DARK
    return board


def turned_by(board, place, me):
    """The stones that a move turns over."""
    if board[place] != EMPTY:
        return []
    other = DARK + LIGHT - me
    found = []
    for way in WAYS:
        at = place + way
        line = []
        while board[at] == other:
            line.append(at)
            at += way
        if line and board[at] == me:
            found += line
    return found


def value_of(board, me):
    total = 0
    for place in FIELDS:
        stone = board[place]
        if stone == me:
            total += WORTH[place]
        elif stone != EMPTY:
            total -= WORTH[place]
    return total


def best_move(board, me, depth, low, high):
    """(value, place): the place is None when there is no move."""
    if depth == 0:
        return value_of(board, me), None
    other = DARK + LIGHT - me
    best, best_place = None, None
    for place in FIELDS:
        turned = turned_by(board, place, me)
        if not turned:
            continue
        for at in turned + [place]:
            board[at] = me
        value = -best_move(board, other, depth - 1, -high, -low)[0]
        for at in turned:
            board[at] = other
        board[place] = EMPTY
        if best is None or value > best:
            best, best_place = value, place
            low = max(low, value)
            if low >= high:
                break
    return (value_of(board, me), None) if best is None else (best, best_place)


def play(moves, depth):
    board, me, told = new_board(), DARK, []
    for _ in range(moves):
        place = best_move(board, me, depth, -10000, 10000)[1]
        for at in turned_by(board, place, me) + [place]:
            board[at] = me
        told.append(place)
        me = DARK + LIGHT - me
    return board, told


def bench(loops):
    for _ in range(loops):
        answer = play(MOVES, DEPTH)
    return answer


def check(answer):
    board, told = answer
    assert board.count(DARK) + board.count(LIGHT) == 4 + MOVES
    assert told == [34, 33, 32, 35], told
    rows = ["".join(map(str, board[row * WIDTH:(row + 1) * WIDTH])) for row in range(WIDTH)]
    empty, wall = "3000000003", "3333333333"
    assert rows == [wall, empty, empty, "3011120003", "3000220003", "3000120003", empty, empty, empty, wall], rows
