"use strict";

// One cell: what became of it, its failing tests by cause, its steps and their output, how to get there again.
(() => {
	const { h, icon, links } = labctl;
	const LISTED_AT_ONCE = 40;

	labctl.notFound = (what) => [h("div", { class: "head" }, h("h1", { tabindex: "-1" }, "Not in this report")),
		h("p", null, labctl.visible(what ?? "")), h("p", null, h("a", { href: "#/" }, "To the first page"))];

	labctl.factTable = (facts) => h("dl", { class: "facts wide-facts" }, facts.map(([name, value]) => [h("dt", null, name.replace(/_bytes$/, "").replaceAll("_", " ")), h("dd", null, name.endsWith("_bytes") && Number(value) ? labctl.bytes(Number(value)) : labctl.visible(value))]));

	labctl.cellHead = (cell, badge) => h("div", { class: "head" },
		h("p", { class: "crumbs" }, h("a", { href: cell.isSpeed ? "#/speed" : "#/matrix" }, cell.isSpeed ? "Speed" : "Compatibility"), " / ", labctl.columnName(cell.column), " / ", cell.column.runtime),
		h("h1", { tabindex: "-1", class: "name" }, labctl.visible(cell.label), labctl.permalink(links.cell(cell.label), "this cell")),
		h("p", { class: "sentence" }, badge,
			cell.column.emulated ? h("span", { class: "badge v-plain" }, "emulated") : null,
			h("span", { class: "under" }, `run ${cell.run}`, cell.attempt > 1 ? `, attempt ${cell.attempt}` : "", ", ", labctl.time(cell.started_ms), `, ${labctl.duration(cell.took_s)}`, cell.run === labctl.summary.run.id ? "" : " (not part of this run)")),
		cell.reason ? h("p", { class: "why" }, labctl.visible(cell.reason), cell.hint ? h("span", { class: "hint" }, " ", labctl.visible(cell.hint)) : null) : null);

	// ---- failing tests by cause ----

	function groupsOf(bad) {
		const groups = new Map();
		for (const test of bad) {
			const key = `${test.known ? "k" : "u"}${test.cause ?? ""}`;
			groups.set(key, groups.get(key) ?? { cause: test.cause, known: test.known, tests: [] });
			groups.get(key).tests.push(test);
		}
		const rank = (group) => (group.known ? 1e9 : 0) - group.tests.length - (group.tests.some((test) => test.verdict === "crashed") ? 1e6 : 0);
		return [...groups.values()].sort((a, b) => rank(a) - rank(b));
	}

	// A test that opens: what is inside comes when it does.
	function testItem(cell, test) {
		const item = h("details", { class: "test", "data-test": test.name },
			h("summary", null, h("span", { class: `sign v-${test.known ? "known" : test.verdict}` }, icon(test.known ? "known" : test.verdict, labctl.verdictWord(test.verdict))),
				h("code", { class: "test-name" }, labctl.shortened(test.name))));
		let filled = false;
		const fill = () => {
			if (!item.open || filled) {
				return;
			}
			filled = true;
			item.append(h("div", { class: "inside" },
				h("p", { class: "under" }, labctl.badge(test.verdict), test.known ? [" known: ", labctl.visible(test.known)] : "", test.about_s ? ` about ${labctl.duration(test.about_s)}` : ""),
				test.message ? h("pre", { class: "message", tabindex: "0" }, labctl.visibleText(test.message)) : h("p", { class: "faint" }, "It left no message."),
				labctl.command(`${labctl.summary.program} repro ${labctl.shellWord(cell.label)} ${labctl.shellWord(test.name)}`),
				h("p", { class: "actions" }, labctl.permalink(links.testOfCell(cell.label, test.name), "this test"), " ", h("a", { href: links.test(cell.row, test.name) }, "In all cells"))));
		};
		item.addEventListener("toggle", fill);
		item.fill = fill;
		return item;
	}

	function causeGroup(cell, group, open) {
		const list = h("div", { class: "test-list" });
		const advice = labctl.summary.findings.find((f) => f.package === cell.row.package && f.tier === cell.row.tier && f.cause === (group.cause ?? null) && f.known === Boolean(group.known));
		let shown = 0;
		const more = h("button", { type: "button", class: "more" });
		const next = () => {
			list.append(...group.tests.slice(shown, shown + LISTED_AT_ONCE).map((test) => testItem(cell, test)));
			shown = Math.min(group.tests.length, shown + LISTED_AT_ONCE);
			more.textContent = `Show ${labctl.count(Math.min(LISTED_AT_ONCE, group.tests.length - shown))} more of ${labctl.count(group.tests.length)}`;
			more.hidden = shown === group.tests.length;
		};
		more.addEventListener("click", next);
		const element = h("details", { class: "cause", open },
			h("summary", null, h("b", null, group.known ? `known: ${labctl.visible(group.known)}` : group.cause ? labctl.visible(group.cause) : "no known cause"),
				h("span", { class: "count" }, labctl.count(group.tests.length, "test"))),
			advice?.advice && !group.known ? h("p", { class: "advice" }, labctl.visible(advice.advice)) : null,
			advice ? h("p", { class: "actions" }, h("a", { href: links.finding(advice.id) }, "In all cells")) : null,
			list, more);
		const start = () => element.open && !shown && next();
		element.addEventListener("toggle", start);
		start();
		element.reveal = (name) => {
			const place = group.tests.findIndex((test) => test.name === name);
			if (place < 0) {
				return null;
			}
			element.open = true;
			while (shown <= place) {
				next();
			}
			return list.children[place];
		};
		return element;
	}

	function reveal(groups, name) {
		for (const group of groups) {
			const item = group.reveal(name);
			if (item) {
				item.open = true;
				item.fill();
				item.classList.add("aimed");
				requestAnimationFrame(() => {
					item.scrollIntoView({ block: "center" });
					item.querySelector("summary").focus({ preventScroll: true });
				});
				return true;
			}
		}
		return false;
	}

	// A test that is asked for and is not bad here.
	function otherTest(cell, name) {
		const told = h("p", { class: "aimed" }, "Reading the suite …");
		labctl.suites().then((suites) => {
			const suite = suites.find((candidate) => candidate.row === cell.row);
			const i = suite?.names.indexOf(name) ?? -1;
			const v = i < 0 ? labctl.ABSENT : suite.cells.find((c) => c.cell === cell).verdicts?.[i] ?? labctl.ABSENT;
			told.replaceChildren(...(v === labctl.ABSENT ? ["There is no such test in this cell: "] : [labctl.badge(labctl.VERDICTS[v]), " "]), h("code", null, labctl.shortened(name)), " ",
				h("a", { href: links.test(cell.row, name) }, "In all cells"));
		});
		return told;
	}

	// ---- steps and raw output ----

	function rawOutput(cell, step) {
		const place = h("pre", { class: "log", tabindex: "0", "aria-label": `Raw output of ${step.name}` }, "Reading …");
		const note = h("p", { class: "under" });
		labctl.piece(`log-${cell.id}`).then((logs) => {
			const log = logs.find((candidate) => candidate.name === step.name);
			const before = log.left_out_bytes + log.dropped_bytes;
			note.textContent = before ? `The end of it; ${labctl.bytes(before)} before that are left out here.` : "All of it.";
			place.textContent = labctl.visibleText(log.text) || "(nothing)";
			place.scrollTop = place.scrollHeight;
		}, (error) => {
			place.textContent = error.message;
		});
		return [note, place, labctl.command(`${labctl.summary.program} show ${labctl.shellWord(cell.label)} --log ${labctl.shellWord(step.name)}`)];
	}

	labctl.stepList = (cell, steps) => h("ol", { class: "steps" }, steps.map((step) => {
		const line = [h("code", null, labctl.visible(step.name)), h("span", { class: "under" }, labctl.visible(step.how), step.how === "exited" && step.status ? ` ${step.status}` : "", ` · ${labctl.duration(step.took_s)}`)];
		if (!step.log) {
			return h("li", null, line);
		}
		const details = h("details", null, h("summary", null, line, h("span", { class: "raw" }, "raw output")));
		details.addEventListener("toggle", () => details.open && details.children.length === 1 && details.append(...rawOutput(cell, step)));
		return h("li", null, details);
	}));

	// ---- over the runs ----

	// The series of a cell with the changes of its level, in words too. options: { title, label(points), text(value), worse, better, command }
	labctl.pastSection = (past, options) => {
		const points = past.points.map(([run, ms, value, low, high]) => ({ run, ms, value, low, high }));
		if (points.filter((point) => point.value !== null).length < 2) {
			return null;
		}
		const change = (c) => h("li", null, labctl.h("span", { class: `badge ${c.worse ? "v-failed" : "v-passed"}` }, icon(c.worse ? options.worse[0] : options.better[0]), c.worse ? options.worse[1] : options.better[1]),
			` from run ${points[c.at].run} (`, labctl.time(points[c.at].ms), `): ${options.text(c.before)} → ${options.text(c.after)}`,
			c.pending ? h("span", { class: "under" }, ", pending: more nights have to confirm it") : null);
		return h("section", { "aria-label": options.title }, h("h2", null, options.title),
			labctl.history(points, past.changes, { label: `${options.title}: ${labctl.count(points.length, "run")}, ${labctl.count(past.changes.length, "change")} of the level`, yText: options.text, floor: 0, whole: options.whole }),
			past.changes.length ? h("ul", { class: "changes-told" }, past.changes.map(change)) : h("p", { class: "under" }, "No change of its level was found."),
			labctl.command(options.command));
	};

	const trend = (cell, past) => labctl.pastSection(past, {
		title: "Bad tests over the runs", text: (v) => labctl.count(Math.round(v * 10) / 10), whole: true, worse: ["failed", "more"], better: ["passed", "fewer"],
		command: `${labctl.summary.program} history ${labctl.shellWord(cell.row.package)} --target ${labctl.shellWord(cell.column.target)} --runtime ${labctl.shellWord(cell.column.runtime)}`,
	});

	function testSection(cell, about, aimed) {
		const groups = groupsOf(about.bad).map((group, i) => causeGroup(cell, group, i === 0));
		const found = aimed && reveal(groups, aimed);
		return [
			aimed && !found ? otherTest(cell, aimed) : null,
			about.bad.length ? h("section", { "aria-label": "Failing tests" }, h("h2", null, "Failing tests, by cause"), groups,
				about.bad_left_out ? h("p", { class: "under" }, `${labctl.count(about.bad_left_out, "more bad test")}, without their messages: `, h("a", { href: links.tests({ package: cell.row.title, target: cell.column.target, runtime: cell.column.runtime, verdict: "bad" }) }, "list them")) : null) : null,
		];
	}

	labctl.cellPage = (summary, label, aimed) => {
		const cell = summary.byLabel.get(label);
		if (!cell) {
			return labctl.notFound(label);
		}
		if (cell.isSpeed) {
			return labctl.benchmarkPage(summary, cell);
		}
		const state = labctl.stateOf(cell);
		const ran = labctl.ranOf(cell.tally);
		const body = h("div", null, h("p", { class: "wait" }, "Reading the cell …"));
		labctl.piece(`cell-${cell.id}`).then((about) => {
			body.replaceChildren(...[testSection(cell, about, aimed), trend(cell, about.past),
				h("section", null, h("h2", null, "Again"), labctl.command(`${summary.program} repro ${labctl.shellWord(cell.label)}`), labctl.command(`${summary.program} show ${labctl.shellWord(cell.label)}`)),
				about.steps.length ? h("section", null, h("h2", null, "Steps"), labctl.stepList(cell, about.steps)) : null,
				h("section", null, h("h2", null, "Facts"), labctl.factTable(about.facts))].flat().filter(Boolean));
		}, (error) => body.replaceChildren(h("p", { class: "why" }, error.message)));
		return [
			labctl.cellHead(cell, labctl.badge(state, state === "known" ? "only known failures" : undefined)),
			cell.rate === null ? null : h("ul", { class: "tally" },
				h("li", { class: "tally-rate" }, h("b", null, labctl.rate(cell.rate, ran)), " passed"),
				cell.tally.map((count, v) => (count ? h("li", null, h("a", { href: links.tests({ package: cell.row.title, target: cell.column.target, runtime: cell.column.runtime, verdict: labctl.VERDICTS[v] }) }, labctl.badge(labctl.VERDICTS[v], `${labctl.count(count)} ${labctl.verdictWord(labctl.VERDICTS[v])}`))) : null)),
				cell.known ? h("li", null, labctl.badge("known", `${labctl.count(cell.known)} of them known`)) : null,
				cell.known_passed ? h("li", null, labctl.badge("newly", `${labctl.count(cell.known_passed)} known to fail, but passed`)) : null),
			body,
		];
	};
})();
