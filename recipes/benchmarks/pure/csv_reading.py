"""Comma-separated values with quotes: by a state machine in Python, and by the module csv, which must agree."""
import csv
import io

ROWS = [["%d" % i, "name, \"the %dth\"" % i, "%d.%d" % (i, i % 10), "two\nlines" if i % 7 == 0 else ""] for i in range(40)]


def text_of(rows):
    return "".join(",".join('"%s"' % cell.replace('"', '""') if set(cell) & set(',"\n') else cell for cell in row) + "\r\n"
                   for row in rows)


TEXT = text_of(ROWS)


def parse(text):
    rows, row, cell = [], [], []
    quoted = was_quote = False
    for letter in text:
        if quoted:
            if was_quote and letter == '"':
                cell.append(letter)
                was_quote = False
                continue
            if letter == '"':
                was_quote = True
                continue
            if not was_quote:
                cell.append(letter)
                continue
            quoted = was_quote = False
        if letter == '"':
            quoted = True
        elif letter == ",":
            row.append("".join(cell))
            cell = []
        elif letter == "\n":
            row.append("".join(cell))
            rows.append(row)
            row, cell = [], []
        elif letter != "\r":
            cell.append(letter)
    return rows


def bench(loops):
    for _ in range(loops):
        out = io.StringIO()
        rows = parse(TEXT)
        csv.writer(out).writerows(rows)
        answer = rows, list(csv.reader(io.StringIO(TEXT, newline=""))), out.getvalue()
    return answer


def check(answer):
    ours, theirs, text = answer
    assert ours == ROWS and theirs == ROWS and text == TEXT
