"use strict";

// All tests of all suites: names, and how each did in each cell. Some hundred thousand of them, so they come after the first picture,
// are unpacked in slices that leave the page responsive, and are searched as they are.
(() => {
	const SLICE_MS = 10;
	const LETTERS = { P: 0, F: 1, C: 2, T: 3, B: 4, U: 5, L: 6, S: 7 };
	// What names the worst of several cells: higher is worse.
	const RANK = [1, 5, 7, 6, 4, 2, 2, 1];
	labctl.ABSENT = 255;

	const breathe = () => new Promise((resolve) => setTimeout(resolve));

	// Each name: how many units it shares with the one before, and the rest.
	async function unpackNames(piece) {
		const text = piece.names;
		const newlines = text.includes("\u0001");
		const names = new Array(piece.count);
		let before = "";
		let at = 0;
		let until = performance.now() + SLICE_MS;
		for (let i = 0; i < piece.count; i++) {
			const end = text.indexOf("\n", at);
			before = before.slice(0, text.charCodeAt(at) - 32) + text.slice(at + 1, end);
			names[i] = newlines ? before.replaceAll("\u0001", "\n") : before;
			at = end + 1;
			if ((i & 1023) === 0 && performance.now() > until) {
				await breathe();
				until = performance.now() + SLICE_MS;
			}
		}
		return names;
	}

	// As they are searched: small letters, and whole texts, which unpacking leaves in pieces.
	async function lowered(names) {
		const lower = new Array(names.length);
		let until = performance.now() + SLICE_MS;
		for (let i = 0; i < names.length; i++) {
			lower[i] = names[i].toLowerCase();
			if ((i & 1023) === 0 && performance.now() > until) {
				await breathe();
				until = performance.now() + SLICE_MS;
			}
		}
		return lower;
	}

	const RUN = /([A-Z-])([0-9a-z]+)/g;

	function unpackVerdicts(text, count) {
		const verdicts = new Uint8Array(count).fill(labctl.ABSENT);
		let at = 0;
		for (const [, letter, length] of text.matchAll(RUN)) {
			const end = at + parseInt(length, 36);
			if (letter !== "-") {
				verdicts.fill(LETTERS[letter], at, end);
			}
			at = end;
		}
		return verdicts;
	}

	// The cause of each bad test, as runs in the order of the suite.
	function unpackCauses(runs, verdicts) {
		const causes = new Map();
		let run = 0;
		let left = runs.length ? runs[0][1] : 0;
		for (let i = 0; i < verdicts.length && run < runs.length; i++) {
			if (verdicts[i] < 1 || verdicts[i] > 4) {
				continue;
			}
			causes.set(i, runs[run][0]);
			if (--left === 0) {
				run++;
				left = runs[run]?.[1];
			}
		}
		return causes;
	}

	// Of each test of a suite the worst verdict over its cells, and in how many it is bad.
	function judge(suite) {
		suite.worst = new Uint8Array(suite.count).fill(labctl.ABSENT);
		suite.bad = new Uint16Array(suite.count);
		for (const cell of suite.cells) {
			if (!cell.verdicts) {
				continue;
			}
			for (let i = 0; i < suite.count; i++) {
				const v = cell.verdicts[i];
				if (v === labctl.ABSENT) {
					continue;
				}
				if (suite.worst[i] === labctl.ABSENT || RANK[v] > RANK[suite.worst[i]]) {
					suite.worst[i] = v;
				}
				suite.bad[i] += v >= 1 && v <= 4;
			}
		}
	}

	async function loadSuite(row, pieces) {
		const suite = { row, count: row.tests, cells: [] };
		const names = await labctl.piece(`names-${row.index}`);
		suite.names = await unpackNames(names);
		names.names = "";
		suite.lower = await lowered(suite.names);
		for (const cell of row.cells) {
			const told = pieces.cells[cell.index];
			const verdicts = told.verdicts === undefined ? null : unpackVerdicts(told.verdicts, suite.count);
			suite.cells.push({ cell, verdicts, causes: verdicts && unpackCauses(told.causes, verdicts) });
			await breathe();
		}
		judge(suite);
		return suite;
	}

	let loading = null;

	// All suites, once. tell(done, all) hears how far it is.
	labctl.suites = (tell) => {
		labctl.tellSuites = tell ?? labctl.tellSuites;
		loading ??= (async () => {
			const pieces = await labctl.piece("verdicts");
			const rows = labctl.summary.rows.filter((row) => row.tests > 0);
			const suites = [];
			for (const row of rows) {
				suites.push(await loadSuite(row, pieces));
				labctl.tellSuites?.(suites.length, rows.length);
			}
			labctl.causes = pieces.causes;
			performance.mark("labctl-suites-ready");
			return suites;
		})();
		return loading;
	};

	// ---- searching ----

	function columnsThatCount(suite, wish) {
		return suite.cells.filter(({ cell, verdicts }) => verdicts
			&& (!wish.target || cell.column.target === wish.target)
			&& (!wish.runtime || cell.column.runtime === wish.runtime));
	}

	function verdictTest(wish) {
		if (!wish.verdict) {
			return (v) => v !== labctl.ABSENT;
		}
		if (wish.verdict === "bad") {
			return (v) => v >= 1 && v <= 4;
		}
		const wanted = labctl.VERDICTS.indexOf(wish.verdict);
		return (v) => v === wanted;
	}

	function hasCell(cells, i, fits, cause) {
		for (const { verdicts, causes } of cells) {
			if (fits(verdicts[i]) && (cause === null || causes.get(i) === cause)) {
				return true;
			}
		}
		return false;
	}

	function searchSuite(suite, wish, words, found) {
		const cells = columnsThatCount(suite, wish);
		const fits = verdictTest(wish);
		const cause = wish.cause ? (wish.cause === "none" ? -1 : labctl.causes.indexOf(wish.cause)) : null;
		const everywhere = !wish.verdict && cause === null && !wish.target && !wish.runtime;
		for (let i = 0; i < suite.count; i++) {
			if (hasWords(suite.lower[i], words) && (everywhere || hasCell(cells, i, fits, cause))) {
				found.push({ suite, i });
			}
		}
	}

	function hasWords(name, words) {
		for (const word of words) {
			if (!name.includes(word)) {
				return false;
			}
		}
		return true;
	}

	// wish: { q, verdict, package, target, runtime, cause }. Bad tests come first, the worse before; else in the order of the suites.
	labctl.search = (suites, wish) => {
		const words = (wish.q ?? "").toLowerCase().split(/\s+/).filter(Boolean);
		const found = [];
		for (const suite of suites) {
			if (!wish.package || suite.row.title === wish.package) {
				searchSuite(suite, wish, words, found);
			}
		}
		const bad = found.filter(({ suite, i }) => suite.bad[i]);
		if (!bad.length || bad.length === found.length) {
			return bad.length ? sortBad(bad) : found;
		}
		return [...sortBad(bad), ...found.filter(({ suite, i }) => !suite.bad[i])];
	};

	function sortBad(bad) {
		return bad.sort((a, b) => RANK[b.suite.worst[b.i]] - RANK[a.suite.worst[a.i]] || b.suite.bad[b.i] - a.suite.bad[a.i]);
	}
})();
