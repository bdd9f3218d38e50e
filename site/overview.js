"use strict";

// The first page: what changed, both matrices, the findings, the targets.
(() => {
	const { h, icon, links } = labctl;

	// ---- the head: in one sentence ----

	function verdictSentence(summary) {
		const t = summary.totals;
		const all = t.expected + t.unexpected + t.unavailable + t.lost;
		const parts = [
			[t.unexpected, "with findings", "failed"],
			[t.lost, "lost", "lost"],
			[t.expected, "as expected", "passed"],
			[t.unavailable, "not available", "unavailable"],
			[t.not_run, "not run", "not_run"],
		].filter(([count]) => count);
		return [
			all + t.not_run ? h("p", { class: "sentence" }, h("strong", null, labctl.count(all + t.not_run, "cell"), " of tests"), " ",
				parts.map(([count, words, sign]) => h("span", { class: `badge v-${sign}` }, icon(sign), `${labctl.count(count)} ${words}`))) : null,
			speedSentence(summary.speed),
		];
	}

	// How the compared cells came out, over all targets.
	function speedSentence(speed) {
		const compared = speed.cells.filter((cell) => cell.id && cell.word && cell.measured);
		const words = ["faster", "slower", "equivalent", "undecided", "no-steady-state", "not-comparable", "failed"];
		const counts = words.map((word) => [word, compared.filter((cell) => cell.word === word).length]).filter(([, count]) => count);
		return counts.length ? h("p", { class: "sentence" }, h("strong", null, labctl.count(compared.length, "comparison"), " of speed"), " ",
			counts.map(([word, count]) => h("span", { class: `badge s-${word}` }, icon(word), `${labctl.count(count)} ${word.replaceAll("-", " ")}`))) : null;
	}

	function runLine(summary) {
		const run = summary.run;
		const tests = labctl.testsOf(summary.totals.tally);
		return h("p", { class: "under" },
			`Run ${run.id} of `, labctl.time(run.started_ms),
			run.ended_ms ? `, took ${labctl.duration((run.ended_ms - run.started_ms) / 1000)}` : "",
			run.complete ? "" : [" ", h("span", { class: "badge v-timed_out" }, icon("timed_out"), "cut off")],
			` · ${labctl.count(tests, "test")}`,
			` · ${labctl.count(summary.speed.benchmarks.length, "benchmark")}`,
			summary.before ? [" · held against run ", String(summary.before.id), " of ", labctl.time(summary.before.started_ms)] : " · the first run");
	}

	// ---- a section ----

	function section(id, title, more, ...content) {
		return h("section", { id: `part-${id}`, "aria-labelledby": `head-${id}` },
			h("div", { class: "section-head" },
				h("h2", { id: `head-${id}`, tabindex: "-1" }, title, labctl.permalink(`#/${id}`, title.toLowerCase())), more ? h("p", { class: "under" }, more) : null),
			...content);
	}

	// ---- the compatibility matrix ----

	function groupHead(columns, firsts) {
		const groups = [];
		for (const column of columns) {
			const last = groups[groups.length - 1];
			if (last && last.column.target === column.target) {
				last.span++;
			} else {
				groups.push({ column, span: 1 });
			}
		}
		return h("tr", null, firsts.map((first) => h("th", { scope: "col", rowspan: 2, class: "corner" }, first)),
			groups.map(({ column, span }) => h("th", { scope: "colgroup", colspan: span, class: "group" },
				h("span", { class: "group-name" }, labctl.columnName(column)),
				column.emulated ? h("span", { class: "emulated", title: "Emulated: slower than the real machine, and its times say nothing of it" }, "emulated") : null)));
	}

	const runtimeHead = (columns) => h("tr", null, columns.map((column, i) => h("th",
		{ scope: "col", class: `runtime${i && columns[i - 1].target !== column.target ? " first" : ""}` }, column.runtime)));

	function wordOf(cell) {
		const state = labctl.stateOf(cell);
		if (state === "passed") {
			return `${labctl.count(cell.tally[0])} passed`;
		}
		const bad = [[cell.tally[2], "crashed"], [cell.tally[1], "failed"], [cell.tally[3], "timed out"], [cell.tally[4], "broken"]]
			.filter(([count]) => count).map(([count, word]) => `${labctl.count(count)} ${word}`);
		if (state === "known") {
			return `${labctl.count(cell.known)} known`;
		}
		return bad.slice(0, 2).join(", ") || labctl.verdictWord(state);
	}

	function trendWords(cell) {
		const known = (cell.trend ?? []).filter((point) => point[1] !== null);
		if (known.length < 2) {
			return "";
		}
		const ran = labctl.ranOf(cell.tally);
		return `; ${labctl.rate(known[0][1], ran)} in run ${known[0][0]}, ${labctl.rate(known[known.length - 1][1], ran)} now`;
	}

	function matrixCell(cell, first) {
		const edge = first ? " first" : "";
		if (!cell.id) {
			return h("td", { class: `mx none${edge}` }, h("span", { class: "none-word", title: cell.not_run ?? "not run" }, "not run"));
		}
		const state = labctl.stateOf(cell);
		const ran = labctl.ranOf(cell.tally);
		const rate = cell.rate === null ? labctl.verdictWord(state) : labctl.rate(cell.rate, ran);
		const word = cell.rate === null ? (cell.reason ? labctl.visible(cell.reason) : "") : wordOf(cell);
		const label = `${cell.label}: ${labctl.verdictWord(state)}, ${rate}${word ? `, ${word}` : ""}${cell.newly_bad ? `, ${cell.newly_bad} newly` : ""}${trendWords(cell)}`;
		return h("td", { class: `mx v-${state}${edge}` },
			h("a", { href: links.cell(cell.label), "aria-label": label, title: label },
				h("span", { class: "mx-top" }, icon(state), h("b", null, rate),
					cell.newly_bad ? h("span", { class: "new" }, icon("newly"), labctl.count(cell.newly_bad)) : null,
					labctl.spark((cell.trend ?? []).map((point) => point[1]), { width: 44, least: 0.002, top: 1 })),
				h("span", { class: "mx-word" }, word)));
	}

	const isFirst = (columns, i) => i > 0 && columns[i - 1].target !== columns[i].target;

	function compatibility(summary) {
		const { columns } = summary;
		const table = h("table", { class: "matrix" },
			h("caption", { class: "hidden-text" }, "Pass rates of packages by target and runtime"),
			h("thead", null, groupHead(columns, ["Package"]), runtimeHead(columns)),
			h("tbody", null, summary.rows.map((row) => h("tr", null,
				h("th", { scope: "row" }, h("span", { class: "row-name" }, row.package), row.title !== row.package ? h("span", { class: "tier" }, row.tier) : null),
				row.cells.map((cell, i) => matrixCell(cell, isFirst(columns, i)))))));
		return labctl.wide("Compatibility matrix", labctl.arrows(table));
	}

	const legend = (states, family) => h("ul", { class: "legend", "aria-label": "Signs" },
		states.map(([state, words]) => h("li", null, h("span", { class: `badge ${family}-${state}` }, icon(state), words ?? labctl.verdictWord(state)))));

	const MATRIX_SIGNS = [["passed"], ["failed"], ["crashed", "interpreter crashed"], ["timed_out"], ["broken", "broken: not installed or imported"], ["known", "only known failures"], ["unavailable"], ["lost", "target lost"], ["newly", "newly failing"]];

	// ---- the speed matrix ----

	function ratioBar(cell) {
		// The interval on a scale of halving and doubling, 1 in the middle, four doublings wide.
		const place = (ratio) => 30 + Math.max(-2, Math.min(2, Math.log2(1 / ratio) / 2)) * 14;
		const [from, to] = [place(cell.high ?? cell.ratio), place(cell.low ?? cell.ratio)];
		return labctl.svg("svg", { class: "ratio", viewBox: "0 0 60 10", width: 60, height: 10, "aria-hidden": "true", focusable: "false" },
			labctl.svg("line", { class: "one", x1: 30, x2: 30, y1: 0, y2: 10 }),
			labctl.svg("line", { class: "span", x1: from, x2: Math.max(to, from + 0.8), y1: 5, y2: 5 }),
			labctl.svg("circle", { cx: place(cell.ratio), cy: 5, r: 2.4 }));
	}

	labctl.intervalWords = (cell) => {
		if (cell.low === null || cell.low === undefined) {
			return "no interval";
		}
		return `${labctl.factor(cell.high)} – ${labctl.factor(cell.low)}`;
	};

	labctl.speedWords = (cell) => (cell.ratio ? `${labctl.factor(cell.ratio)} as fast, 95 %: ${labctl.intervalWords(cell)}` : "");

	function speedCell(cell, first) {
		const edge = first ? " first" : "";
		if (!cell.id) {
			return h("td", { class: `mx none${edge}` }, h("span", { class: "none-word" }, "not run"));
		}
		if (cell.column.baseline || !cell.measured) {
			const state = cell.measured ? "baseline" : cell.verdict;
			const text = cell.measured ? labctl.seconds(cell.mean, cell.column.counted) : labctl.verdictWord(cell.verdict);
			return h("td", { class: `mx v-${cell.measured ? "plain" : state}${edge}` },
				h("a", { href: links.cell(cell.label), "aria-label": `${cell.label}: ${text}`, title: cell.reason ? labctl.visible(cell.reason) : cell.label },
					h("span", { class: "mx-top" }, cell.measured ? null : icon(state), h("b", null, cell.mean === null && cell.measured ? "no speed" : text)),
					h("span", { class: "mx-word" }, cell.measured ? cell.class : labctl.visible(cell.reason ?? ""))));
		}
		const word = cell.word.replaceAll("-", " ");
		return h("td", { class: `mx s-${cell.word}${edge}` },
			h("a", { href: links.cell(cell.label), "aria-label": `${cell.label}: ${word}, ${labctl.speedWords(cell)}`, title: `${cell.label}: ${cell.why ?? labctl.speedWords(cell)}` },
				h("span", { class: "mx-top" }, icon(cell.word === "failed" ? "failed" : cell.word), h("b", null, cell.ratio ? labctl.factor(cell.ratio) : word),
					cell.ratio ? ratioBar(cell) : null),
				h("span", { class: "mx-word" }, cell.ratio ? `${word} · ${labctl.intervalWords(cell)}` : labctl.visible(cell.why ?? ""))));
	}

	function meanCell(column, first) {
		const edge = first ? " first" : "";
		if (column.baseline) {
			const words = column.control_failed ? "control failed: trust no verdict here" : `control ${column.control}`;
			return h("td", { class: `mx mean ${column.control_failed ? "v-failed" : "v-plain"}${edge}`, title: "The baseline against itself" },
				h("span", { class: "mx-top" }, column.control_failed ? icon("failed") : null, h("b", null, "baseline")), h("span", { class: "mx-word" }, words));
		}
		if (column.mean === null) {
			return h("td", { class: `mx mean none${edge}` }, "–");
		}
		return h("td", { class: `mx mean v-plain${edge}` }, h("span", { class: "mx-top" }, h("b", null, labctl.factor(column.mean))),
			h("span", { class: "mx-word" }, `${column.count} of ${column.of}`, column.mean_low === null ? "" : ` · ${labctl.factor(column.mean_high)} – ${labctl.factor(column.mean_low)}`));
	}

	function speedMatrix(summary) {
		const { speed } = summary;
		const width = speed.columns.length;
		const table = h("table", { class: "matrix speed" },
			h("caption", { class: "hidden-text" }, `How many times as fast as ${speed.baseline}, by benchmark, target and runtime`),
			h("thead", null, groupHead(speed.columns, ["Benchmark"]), runtimeHead(speed.columns)),
			h("tbody", null,
				h("tr", { class: "means" }, h("th", { scope: "row" }, "geometric mean"), speed.columns.map((column, i) => meanCell(column, isFirst(speed.columns, i)))),
				speed.benchmarks.map((name, row) => h("tr", null, h("th", { scope: "row" }, h("span", { class: "row-name" }, labctl.visible(name))),
					speed.cells.slice(row * width, (row + 1) * width).map((cell, i) => speedCell(cell, isFirst(speed.columns, i)))))));
		return labctl.wide("Speed matrix", labctl.arrows(table));
	}

	const SPEED_SIGNS = [["faster"], ["slower"], ["equivalent", "equivalent: within 2 %"], ["undecided", "undecided: never “the same”"], ["no-steady-state", "no steady state"]];

	// ---- findings ----

	function findingRow(finding) {
		const state = finding.known ? "known" : finding.worst;
		return h("li", { class: "finding" },
			h("a", { class: "finding-link", href: links.finding(finding.id) },
				h("span", { class: `badge v-${state}` }, icon(state), finding.known ? "known" : labctl.verdictWord(finding.worst)),
				finding.new ? h("span", { class: "badge new" }, icon("newly"), "new") : null,
				h("span", { class: "finding-cause" }, h("b", null, finding.package), labctl.severalTiers() && finding.tier ? h("span", { class: "tier" }, finding.tier) : "", " ", finding.cause ? labctl.visible(finding.cause) : h("i", null, "no known cause")),
				h("span", { class: "finding-extent" }, `${labctl.count(finding.test_count, "test")} · ${labctl.count(finding.cells.length, "cell")}`)),
			h("code", { class: "finding-test" }, labctl.visible(finding.tests[0] ?? "")));
	}

	const FINDINGS_SHOWN = 25;

	function findingList(findings) {
		const list = h("ul", { class: "findings" }, findings.slice(0, FINDINGS_SHOWN).map(findingRow));
		if (findings.length <= FINDINGS_SHOWN) {
			return list;
		}
		const more = h("button", { type: "button", class: "more" }, `Show ${labctl.count(findings.length - FINDINGS_SHOWN)} more`);
		more.addEventListener("click", () => {
			list.append(...findings.slice(FINDINGS_SHOWN).map(findingRow));
			list.children[FINDINGS_SHOWN].querySelector("a").focus();
			more.remove();
		});
		return [list, more];
	}

	// A broken or lost cell as a whole.
	const remarkList = (remarks) => h("ul", { class: "findings" }, remarks.map((remark) => h("li", { class: "finding" },
		h("div", { class: "finding-link" }, labctl.badge(remark.verdict), h("span", { class: "finding-cause" }, h("b", null, remark.cell)),
			h("span", { class: "finding-extent" }, labctl.count(remark.cells, "cell"))),
		h("p", { class: "finding-test" }, labctl.visible(remark.reason ?? ""), remark.hint ? ` — ${labctl.visible(remark.hint)}` : ""))));

	// ---- targets ----

	const fact = (target, name) => (target.facts.find(([key]) => key === name) ?? [])[1];

	function targetCard(target) {
		const sign = target.state === "lost" ? "lost" : target.state === "answered" ? "passed" : "not_run";
		const memory = Number(fact(target, "memory_bytes"));
		const rows = [
			["Architecture", `${target.arch}${target.emulated ? ", emulated" : ""}`],
			["How", target.how_run],
			["System", fact(target, "os")],
			["Kernel", fact(target, "kernel")],
			["Processors", [fact(target, "processors"), fact(target, "processor")].filter(Boolean).join(" × ")],
			["Memory", memory ? labctl.bytes(memory) : null],
		].filter(([, value]) => value);
		return h("li", { class: "target" },
			h("h3", null, target.name, " ", labctl.badge(sign, target.state)),
			h("p", { class: "under" }, target.cells ? `${labctl.count(target.cells, "cell")} in this run${target.lost ? `, ${labctl.count(target.lost)} lost` : ""}` : "not part of this run", " · last result ", labctl.time(target.last_ms)),
			target.reason ? h("p", { class: "why" }, labctl.visible(target.reason)) : null,
			h("dl", { class: "facts" }, rows.map(([name, value]) => [h("dt", null, name), h("dd", null, labctl.visible(value))])));
	}

	// ---- the page ----

	labctl.overview = (summary) => {
		const unavailable = summary.remarks.filter((remark) => remark.verdict === "unavailable");
		const remarks = summary.remarks.filter((remark) => remark.verdict !== "unavailable");
		const findings = summary.findings.filter((finding) => !finding.known);
		const known = summary.findings.filter((finding) => finding.known);
		return [
			h("div", { class: "head" }, h("h1", { tabindex: "-1" }, labctl.visible(summary.title ?? "labctl")), verdictSentence(summary), runLine(summary)),
			section("changes", "What changed", null, labctl.changeSection(summary)),
			section("matrix", "Compatibility", `Pass rate, and what is not passed. Newly: held against what was before run ${summary.run.id}.`,
				summary.rows.length ? [compatibility(summary), legend(MATRIX_SIGNS, "v")] : h("p", { class: "nothing" }, "No package has a result.")),
			summary.speed.benchmarks.length ? section("speed", "Speed", `Times as fast as ${summary.speed.baseline} on the same machine, with the 95 % interval. Compare along a column only where it is emulated.`,
				speedMatrix(summary), legend(SPEED_SIGNS, "s")) : null,
			section("findings", "Findings", "Failing tests by package and cause, the most important first.",
				remarks.length ? remarkList(remarks) : null,
				findings.length ? findingList(findings) : h("p", { class: "nothing" }, "No test fails that was not known to."),
				known.length ? h("details", null, h("summary", null, `Known failures: ${labctl.count(known.reduce((sum, f) => sum + f.test_count, 0), "test")}`), findingList(known)) : null,
				unavailable.length ? h("details", null, h("summary", null, `Not available: ${labctl.count(unavailable.reduce((sum, r) => sum + r.cells, 0), "cell")}`), remarkList(unavailable)) : null),
			section("targets", "Targets", null, h("ul", { class: "targets" }, summary.targets.map(targetCard))),
		];
	};
})();
