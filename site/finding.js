"use strict";

// What changed, and findings one by one: each has a link of its own.
(() => {
	const { h, icon, links } = labctl;

	const KINDS = {
		"newly-crashed": ["crashed", "newly crashed"], "newly-failing": ["failed", "newly failing"], fixed: ["passed", "fixed"],
		"known-passes": ["newly", "known failure passes"], flaky: ["flaky", "flaky"], "still-failing": ["failed", "still failing"],
		appeared: ["appeared", "appeared"], disappeared: ["disappeared", "disappeared"],
	};

	const kindBadge = (kind, count) => h("span", { class: `badge k-${kind}` }, icon(KINDS[kind]?.[0] ?? "newly"), count === undefined ? KINDS[kind]?.[1] ?? kind : `${labctl.count(count)} ${KINDS[kind]?.[1] ?? kind}`);

	// ---- on the first page ----

	function groupRow(group) {
		return h("li", { class: "finding" },
			h("a", { class: "finding-link", href: links.change(group.id) }, kindBadge(group.kind),
				h("span", { class: "finding-cause" }, h("b", null, group.package), " ", group.cause ? labctl.visible(group.cause) : ""),
				h("span", { class: "finding-extent" }, `${labctl.count(group.tests, "test")} · ${labctl.count(group.cells, "cell")}`)),
			h("code", { class: "finding-test" }, labctl.visible(group.items[0]?.test ?? "the cell as a whole")));
	}

	// In per cent, with its sign.
	const more = (ratio) => `${ratio < 1 ? "−" : "+"}${(Math.abs(ratio - 1) * 100).toFixed(1)}`;

	function speedRow(row) {
		return h("li", { class: "finding" },
			h("a", { class: "finding-link", href: links.cell(`${row.name}:speed`) },
				h("span", { class: `badge s-${row.word}` }, icon(row.word), row.word),
				h("span", { class: "finding-cause" }, h("b", null, row.name)),
				h("span", { class: "finding-extent" }, row.ratio === null ? "" : `${more(row.ratio)} % time${row.low === null ? "" : ` (${more(row.low)} to ${more(row.high)})`}`)));
	}

	const QUIET = new Set(["still-failing", "appeared", "disappeared"]);

	labctl.changeSection = (summary) => {
		const changes = summary.changes;
		if (!changes) {
			return h("p", { class: "nothing" }, summary.before ? "Nothing is known of it." : "This is the first run: there is nothing to hold it against.");
		}
		const loud = changes.groups.filter((group) => !QUIET.has(group.kind));
		const quiet = changes.groups.filter((group) => QUIET.has(group.kind));
		const speed = changes.speed.filter((row) => row.word === "slower" || row.word === "faster");
		const counts = Object.entries(changes.tests).filter(([, count]) => count);
		return [
			h("p", { class: "sentence" }, counts.length ? counts.map(([kind, count]) => kindBadge(kind, count)) : null,
				speed.length ? ["slower", "faster"].map((word) => [word, speed.filter((row) => row.word === word).length]).filter(([, n]) => n).map(([word, n]) => h("span", { class: `badge s-${word}` }, icon(word), `${n} ${word}`)) : null,
				!counts.length && !speed.length ? h("span", { class: "nothing" }, "Nothing changed.") : null),
			loud.length ? h("ul", { class: "findings" }, loud.map(groupRow)) : null,
			speed.length ? h("ul", { class: "findings" }, speed.sort((a, b) => b.ratio - a.ratio).map(speedRow)) : null,
			quiet.length ? h("details", null, h("summary", null, "Still failing, appeared and disappeared"), h("ul", { class: "findings" }, quiet.map(groupRow))) : null,
		];
	};

	// ---- a change ----

	labctl.changePage = (summary, id) => {
		const group = summary.changeById.get(id);
		if (!group) {
			return labctl.notFound(`change ${id}`);
		}
		const word = (verdict) => (verdict ? labctl.badge(verdict) : h("span", { class: "faint" }, "not there"));
		return [
			h("div", { class: "head" }, h("p", { class: "crumbs" }, h("a", { href: "#/changes" }, "What changed")),
				h("h1", { tabindex: "-1" }, `${group.package}: `, group.cause ? labctl.visible(group.cause) : KINDS[group.kind]?.[1] ?? group.kind, labctl.permalink(links.change(group.id), "this change")),
				h("p", { class: "sentence" }, kindBadge(group.kind), h("span", { class: "under" }, `${labctl.count(group.tests, "test")} in ${labctl.count(group.cells, "cell")}, from ${summary.changes.base.words} to ${summary.changes.changed.words}`))),
			labctl.wide("Tests that changed", h("table", { class: "plain" }, h("caption", { class: "hidden-text" }, "Tests that changed, with their verdicts before and now"),
				h("thead", null, h("tr", null, ["Test", "Cell", "Before", "Now"].map((text) => h("th", { scope: "col" }, text)))),
				h("tbody", null, group.items.map((item) => h("tr", null,
					h("th", { scope: "row", class: "long-name" }, item.test === null ? h("i", null, "the cell as a whole") : h("a", { href: links.testOfCell(item.cell, item.test) }, h("code", null, labctl.shortened(item.test)))),
					h("td", null, h("a", { href: links.cell(item.cell) }, item.cell)), h("td", null, word(item.before)), h("td", null, word(item.now), item.flips !== undefined ? h("span", { class: "under" }, ` changed ${labctl.count(item.flips, "time")} in ${labctl.count(item.outcomes, "outcome")}`) : null, item.known ? h("p", { class: "under" }, labctl.visible(item.known)) : null)))))),
			group.items[0]?.test && group.items[0].now ? h("section", null, h("h2", null, "Again"), labctl.command(`${summary.program} repro ${labctl.shellWord(group.items[0].cell)} ${labctl.shellWord(group.items[0].test)}`),
				labctl.command(`${summary.program} compare ${summary.changes.base.run} ${summary.changes.changed.run}`)) : null,
			group.count > group.items.length ? h("p", { class: "under" }, `${labctl.count(group.count - group.items.length)} more: `, h("code", null, `${summary.program} compare ${summary.changes.base.run} ${summary.changes.changed.run}`)) : null,
		];
	};

	// ---- a finding ----

	labctl.findingPage = (summary, id) => {
		const finding = summary.findingById.get(id);
		if (!finding) {
			return labctl.notFound(`finding ${id}`);
		}
		const title = finding.cause ? labctl.visible(finding.cause) : "no known cause";
		const tests = h("div", { class: "test-list" }, h("p", { class: "wait" }, "Reading the tests …"));
		const cells = finding.cells.map((label) => summary.byLabel.get(label)).filter(Boolean);
		Promise.all(cells.map((cell) => labctl.piece(`cell-${cell.id}`))).then((abouts) => {
			const names = new Map();
			abouts.forEach((about, k) => about.bad.filter((test) => (test.cause ?? null) === finding.cause && Boolean(test.known) === finding.known).forEach((test) => {
				names.set(test.name, [...(names.get(test.name) ?? []), cells[k]]);
			}));
			const sorted = [...names].sort((a, b) => b[1].length - a[1].length || (a[0] < b[0] ? -1 : 1));
			tests.replaceChildren(h("ul", { class: "plain-list" }, sorted.slice(0, 500).map(([name, where]) => h("li", null,
				h("a", { href: where.length === 1 ? links.testOfCell(where[0].label, name) : links.test(where[0].row, name) }, h("code", null, labctl.shortened(name))), h("span", { class: "under" }, ` ${labctl.count(where.length, "cell")}`)))),
			sorted.length > 500 ? h("p", { class: "under" }, h("a", { href: links.tests({ package: cells[0].row.title, cause: finding.cause ?? "none", verdict: "bad" }) }, `All ${labctl.count(sorted.length)}`)) : "");
		}, (error) => tests.replaceChildren(h("p", { class: "why" }, error.message)));
		return [
			h("div", { class: "head" }, h("p", { class: "crumbs" }, h("a", { href: "#/findings" }, "Findings")),
				h("h1", { tabindex: "-1" }, `${finding.package}: ${title}`, labctl.permalink(links.finding(finding.id), "this finding")),
				h("p", { class: "sentence" }, labctl.badge(finding.known ? "known" : finding.worst), finding.new ? h("span", { class: "badge new" }, icon("newly"), "new") : null,
					h("span", { class: "under" }, `${labctl.count(finding.test_count, "test")} in ${labctl.count(finding.cells.length, "cell")}`))),
			finding.advice ? h("p", { class: "advice" }, labctl.visible(finding.advice)) : null,
			finding.sample ? h("pre", { class: "message", tabindex: "0" }, labctl.visibleText(finding.sample)) : null,
			h("section", null, h("h2", null, "Cells"), h("ul", { class: "plain-list" }, finding.cells.map((label) => h("li", null, h("a", { href: links.cell(label) }, label))))),
			h("section", null, h("h2", null, "Tests"), tests),
			cells.length ? h("section", null, h("h2", null, "Again"), labctl.command(`${summary.program} repro ${labctl.shellWord(cells[0].label)} ${labctl.shellWord(finding.tests[0] ?? "")}`)) : null,
		];
	};
})();
