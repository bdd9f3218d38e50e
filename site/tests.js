"use strict";

// Every test of every suite, searched while one types; and one test in all its cells.
(() => {
	const { h, links } = labctl;
	const ROW_PIXELS = 34;

	// ---- a list of any length: only the rows in sight are there ----

	function longList(box, makeRow) {
		const inner = h("div", { class: "rows", role: "list" });
		const state = { items: [], active: 0 };
		box.append(inner);

		function draw() {
			const from = Math.max(0, Math.floor(box.scrollTop / ROW_PIXELS) - 6);
			const to = Math.min(state.items.length, Math.ceil((box.scrollTop + box.clientHeight) / ROW_PIXELS) + 6);
			const focused = inner.contains(document.activeElement);
			inner.style.height = `${state.items.length * ROW_PIXELS}px`;
			inner.replaceChildren(...state.items.slice(from, to).map((item, k) => {
				const row = makeRow(item, from + k);
				row.style.top = `${(from + k) * ROW_PIXELS}px`;
				row.setAttribute("role", "listitem");
				row.setAttribute("aria-setsize", state.items.length);
				row.setAttribute("aria-posinset", from + k + 1);
				row.dataset.at = from + k;
				return row;
			}));
			if (focused) {
				focusActive();
			}
		}

		function focusActive() {
			inner.querySelector(`[data-at="${state.active}"] a`)?.focus({ preventScroll: true });
		}

		function go(to) {
			state.active = Math.max(0, Math.min(state.items.length - 1, to));
			const top = state.active * ROW_PIXELS;
			if (top < box.scrollTop || top + ROW_PIXELS > box.scrollTop + box.clientHeight) {
				box.scrollTop = top - box.clientHeight / 2;
			}
			draw();
			focusActive();
		}

		const page = () => Math.max(1, Math.floor(box.clientHeight / ROW_PIXELS) - 1);
		box.addEventListener("scroll", draw, { passive: true });
		box.addEventListener("keydown", (event) => {
			const at = event.target.closest("[data-at]");
			const here = at ? Number(at.dataset.at) : state.active;
			const to = { ArrowDown: here + 1, ArrowUp: here - 1, PageDown: here + page(), PageUp: here - page(), Home: 0, End: state.items.length - 1 }[event.key];
			if (to !== undefined && !event.altKey && !event.ctrlKey && !event.metaKey) {
				event.preventDefault();
				go(to);
			}
		});
		new ResizeObserver(draw).observe(box);
		return {
			show(items) {
				state.items = items;
				state.active = 0;
				box.scrollTop = 0;
				draw();
			},
			go,
		};
	}

	// ---- a test in short: its name, and a sign for each column ----

	function strip(suite, i) {
		return h("span", { class: "strip", "aria-hidden": "true" }, suite.cells.map(({ cell, verdicts }) => {
			const v = verdicts ? verdicts[i] : labctl.ABSENT;
			const state = v === labctl.ABSENT ? "absent" : labctl.VERDICTS[v];
			return h("i", { class: `v-${state}`, title: `${cell.label}: ${v === labctl.ABSENT ? "not there" : labctl.verdictWord(state)}` }, state === "absent" ? null : labctl.icon(state));
		}));
	}

	// Where there is no room the path gives way, not the name behind it.
	function shortName(name) {
		const seen = labctl.visible(name.slice(0, 600));
		const cut = Math.max(seen.lastIndexOf("::"), seen.lastIndexOf("/"), -1);
		return h("span", { class: "test-name", title: labctl.visible(name).slice(0, 1000) },
			h("span", { class: "test-path" }, seen.slice(0, Math.max(0, cut))), h("span", { class: "test-leaf" }, seen.slice(Math.max(0, cut))));
	}

	function testRow({ suite, i }) {
		const worst = suite.worst[i] === labctl.ABSENT ? "not_run" : labctl.VERDICTS[suite.worst[i]];
		const bad = suite.bad[i];
		return h("div", { class: "test-row" },
			h("a", { href: links.test(suite.row, suite.names[i]) },
				h("span", { class: `sign v-${worst}` }, labctl.icon(worst, labctl.verdictWord(worst))),
				shortName(suite.names[i]),
				h("span", { class: "test-suite" }, suite.row.title),
				h("span", { class: "test-bad" }, bad ? `${bad} of ${suite.cells.filter((c) => c.verdicts).length}` : ""),
				strip(suite, i)));
	}

	// ---- filters ----

	function choice(name, label, values, wish, change) {
		const select = h("select", { name, "aria-label": label }, h("option", { value: "" }, label),
			values.map((value) => {
				const [key, words] = Array.isArray(value) ? value : [value, value];
				return h("option", { value: key, selected: wish[name] === key }, labctl.visible(words));
			}));
		select.addEventListener("change", () => change({ [name]: select.value }));
		return select;
	}

	function filters(summary, wish, change) {
		const unique = (list) => [...new Set(list)];
		const causes = unique(summary.findings.map((finding) => finding.cause).filter(Boolean)).sort();
		return h("div", { class: "filters", role: "group", "aria-label": "Filters" },
			choice("verdict", "any verdict", [["bad", "bad in a cell"], ...["failed", "crashed", "timed_out", "broken", "passed", "skipped"].map((v) => [v, labctl.verdictWord(v)])], wish, change),
			choice("package", "any package", summary.rows.filter((row) => row.tests).map((row) => row.title), wish, change),
			choice("target", "any target", unique(summary.columns.map((column) => column.target)), wish, change),
			choice("runtime", "any runtime", unique(summary.columns.map((column) => column.runtime)), wish, change),
			choice("cause", "any cause", [...causes, ["none", "no known cause"]], wish, change),
			h("button", { type: "button", class: "button", onclick: () => change({ q: "", verdict: "", package: "", target: "", runtime: "", cause: "" }, true) }, "Clear"));
	}

	// ---- the page ----

	let current = null;

	labctl.typeSearch = (text) => current?.type(text);

	labctl.testsPage = (summary, wish) => {
		const told = h("p", { class: "told", role: "status", "aria-live": "polite" }, "Reading the names of the tests …");
		const box = h("div", { class: "long", tabindex: "0", role: "region", "aria-label": "Tests found" });
		const list = longList(box, testRow);
		const state = { wish: { ...wish }, suites: null };
		const query = document.getElementById("query");

		function show() {
			if (!state.suites) {
				return;
			}
			performance.mark("labctl-search-begin");
			const found = labctl.search(state.suites, state.wish);
			list.show(found);
			performance.measure("labctl-search", "labctl-search-begin");
			const all = state.suites.reduce((sum, suite) => sum + suite.count, 0);
			told.textContent = `${labctl.count(found.length)} of ${labctl.count(all, "test")}`;
		}

		function change(part, redraw) {
			Object.assign(state.wish, part);
			history.replaceState(null, "", labctl.links.tests(state.wish));
			if (redraw) {
				labctl.route();
				return;
			}
			show();
		}

		current = {
			type(text) {
				change({ q: text });
			},
			focusList() {
				list.go(0);
			},
		};
		labctl.currentTests = current;
		query.value = wish.q ?? "";
		labctl.suites((done, all) => {
			if (done < all) {
				told.textContent = `Reading the names of the tests: ${done} of ${labctl.count(all, "suite")} …`;
			}
		}).then((suites) => {
			state.suites = suites;
			show();
		}, (error) => {
			told.textContent = error.message;
		});
		return [
			h("div", { class: "head" }, h("h1", { tabindex: "-1" }, "Tests")),
			filters(summary, state.wish, change), told, box,
		];
	};

	// ---- one test ----

	function cellOfTest(cell, name, place, verdict) {
		const line = h("tr", null,
			h("th", { scope: "row" }, h("a", { href: links.testOfCell(cell.label, name) }, labctl.columnName(cell.column)), cell.column.emulated ? h("span", { class: "emulated" }, "emulated") : null),
			h("td", null, cell.column.runtime),
			h("td", null, verdict === labctl.ABSENT ? h("span", { class: "faint" }, "not there") : labctl.badge(labctl.VERDICTS[verdict])),
			h("td", { class: "message-cell" }));
		if (verdict >= 1 && verdict <= 4) {
			labctl.piece(`cell-${cell.id}`).then((about) => {
				const test = about.bad.find((bad) => bad.test === place);
				if (test) {
					line.lastChild.append(test.cause ? h("b", null, labctl.visible(test.cause)) : "", test.known ? h("span", { class: "badge v-known" }, labctl.icon("known"), "known") : "",
						test.message ? h("pre", { class: "message" }, labctl.visibleText(test.message)) : "");
				}
			}, () => line.lastChild.append("(its messages are missing)"));
		}
		return line;
	}

	labctl.testPage = (summary, rowName, name) => {
		const row = summary.rows.find((candidate) => `${candidate.package}:${candidate.tier}` === rowName);
		if (!row) {
			return labctl.notFound(rowName);
		}
		const body = h("tbody");
		const told = h("p", { class: "told", role: "status" }, "Reading the suite …");
		labctl.suites().then((suites) => {
			const suite = suites.find((candidate) => candidate.row === row);
			const i = suite ? suite.names.indexOf(name) : -1;
			told.textContent = i < 0 ? "There is no such test in this report." : `bad in ${suite.bad[i]} of ${suite.cells.filter((c) => c.verdicts && c.verdicts[i] !== labctl.ABSENT).length} cells`;
			if (i >= 0) {
				body.append(...suite.cells.filter(({ verdicts }) => verdicts).map(({ cell, verdicts }) => cellOfTest(cell, name, i, verdicts[i])));
			}
		}, (error) => {
			told.textContent = error.message;
		});
		return [
			h("div", { class: "head" },
				h("p", { class: "crumbs" }, h("a", { href: links.tests({}) }, "Tests"), " / ", h("a", { href: links.tests({ package: row.title }) }, row.title)),
				h("h1", { tabindex: "-1", class: "name" }, labctl.shortened(name), labctl.permalink(links.test(row, name), "this test")), told),
			labctl.wide("The test in each cell", h("table", { class: "plain" },
				h("caption", { class: "hidden-text" }, "Verdicts of the test by target and runtime"),
				h("thead", null, h("tr", null, ["Target", "Runtime", "Verdict", "Why"].map((text) => h("th", { scope: "col" }, text)))), body)),
			labctl.command(`labctl history ${labctl.shellWord(name)}`),
		];
	};
})();
