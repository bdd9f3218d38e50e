"""Data passed through comprehensions and the built-in functions that go with them."""

RECORDS = [{"id": i, "team": "team%d" % (i % 6), "points": i * 37 % 101, "tags": ["t%d" % (i % 4), "t%d" % (i % 3)]}
           for i in range(250)]


def bench(loops):
    for _ in range(loops):
        good = [record for record in RECORDS if record["points"] > 30]
        by_team = {team: [record["points"] for record in good if record["team"] == team]
                   for team in {record["team"] for record in good}}
        best = {team: max(points) for team, points in by_team.items()}
        tags = {tag for record in good for tag in record["tags"]}
        matrix = [[row * column for column in range(20)] for row in range(20)]
        turned = list(map(list, zip(*matrix)))
        answer = (len(good), sum(best.values()), sorted(tags), any(record["points"] == 100 for record in RECORDS),
                  all(a == b for a, b in zip(matrix, turned)), sum(sum(row) for row in turned),
                  [i for i, record in enumerate(reversed(good)) if record["id"] % 50 == 0])
    return answer


def check(answer):
    good, best = [], {}
    for record in RECORDS:
        if record["points"] > 30:
            good.append(record["id"])
            best[record["team"]] = max(record["points"], best.get(record["team"], 0))
    places = [place for place in range(len(good)) if good[len(good) - 1 - place] % 50 == 0]
    assert answer == (len(good), sum(best.values()), ["t0", "t1", "t2", "t3"], True, True, 190 * 190, places), answer
    assert len(good) == 172
