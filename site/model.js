"use strict";

// The summary as objects that know each other, and where in the page each is.
(() => {
	const encode = (text) => encodeURIComponent(text).replaceAll("%2F", "/").replaceAll("%3A", ":").replaceAll("%2C", ",").replaceAll("%5B", "[").replaceAll("%5D", "]");

	labctl.links = {
		cell: (label) => `#/cell/${encode(label)}`,
		testOfCell: (label, test) => `#/cell/${encode(label)}?test=${encode(test)}`,
		test: (row, name) => `#/test/${encode(row.package)}:${encode(row.tier)}?name=${encode(name)}`,
		finding: (id) => `#/finding/${id}`,
		change: (id) => `#/change/${id}`,
		tests: (filters) => {
			const words = Object.entries(filters).filter(([, value]) => value).map(([key, value]) => `${key}=${encode(value)}`);
			return `#/tests${words.length ? `?${words.join("&")}` : ""}`;
		},
	};

	function joinMatrix(summary) {
		const width = summary.columns.length;
		summary.cells.forEach((cell, i) => {
			cell.index = i;
			cell.row = summary.rows[Math.floor(i / width)];
			cell.column = summary.columns[i % width];
		});
		summary.rows.forEach((row, i) => {
			row.index = i;
			row.cells = summary.cells.slice(i * width, (i + 1) * width);
		});
		summary.columns.forEach((column, i) => {
			column.index = i;
		});
	}

	function joinSpeed(speed) {
		const width = speed.columns.length;
		speed.cells.forEach((cell, i) => {
			cell.column = speed.columns[i % width];
			cell.benchmark = speed.benchmarks[Math.floor(i / width)];
			cell.label = `${cell.column.target}/${cell.column.runtime}/${cell.benchmark}:speed`;
			cell.isSpeed = true;
		});
	}

	function byLabel(summary) {
		const cells = new Map();
		summary.cells.filter((cell) => cell.id).forEach((cell) => cells.set(cell.label, cell));
		summary.speed.cells.filter((cell) => cell.id).forEach((cell) => cells.set(cell.label, cell));
		return cells;
	}

	labctl.readSummary = (summary) => {
		joinMatrix(summary);
		joinSpeed(summary.speed);
		summary.byLabel = byLabel(summary);
		summary.findingById = new Map(summary.findings.map((finding) => [finding.id, finding]));
		summary.changeById = new Map((summary.changes?.groups ?? []).map((group) => [group.id, group]));
		labctl.summary = summary;
		return summary;
	};

	labctl.severalTiers = () => new Set(labctl.summary.rows.map((row) => row.tier)).size > 1;

	// Which word and sign a cell of the matrix wears.
	labctl.stateOf = (cell) => {
		if (!cell.id) {
			return "not_run";
		}
		if (cell.verdict === "failed" && cell.tally[2]) {
			return "crashed";
		}
		// The recipe knows all that is bad: nothing to act on, and yet not all passes.
		return (cell.verdict === "failed" && cell.expected) || (cell.verdict === "passed" && cell.bad) ? "known" : cell.verdict;
	};

	labctl.testsOf = (tally) => tally.reduce((sum, n) => sum + n, 0);
	labctl.ranOf = (tally) => labctl.testsOf(tally) - tally[7];

	labctl.columnName = (column) => `${column.target}${column.target === column.arch ? "" : ` (${column.arch})`}`;
})();
