"use strict";

// Which page is shown, and the keys.
(() => {
	const { h } = labctl;
	const main = document.getElementById("main");
	const query = document.getElementById("query");
	const PARTS = [["changes", "Changes"], ["matrix", "Compatibility"], ["speed", "Speed"], ["findings", "Findings"], ["targets", "Targets"]];

	function decode(text) {
		try {
			return decodeURIComponent(text);
		} catch {
			return text;
		}
	}

	// "#/cell/a/b/c:d?test=x" → ["cell", "a/b/c:d", { test: "x" }]
	function readHash() {
		const [path, words] = location.hash.replace(/^#\/?/, "").split(/\?(.*)/s);
		const [page, ...rest] = path.split("/");
		const more = {};
		for (const word of (words ?? "").split("&").filter(Boolean)) {
			const [key, value] = word.split(/=(.*)/s);
			more[key] = decode(value ?? "");
		}
		return [page, decode(rest.join("/")), more];
	}

	const PAGES = {
		tests: (summary, _, more) => labctl.testsPage(summary, more),
		cell: (summary, label, more) => labctl.cellPage(summary, label, more.test),
		test: (summary, row, more) => labctl.testPage(summary, row, more.name ?? ""),
		finding: (summary, id) => labctl.findingPage(summary, id),
		change: (summary, id) => labctl.changePage(summary, id),
	};

	let shown = "";

	function show(content) {
		main.replaceChildren();
		for (const part of content.flat(Infinity)) {
			if (part) {
				main.append(part);
			}
		}
	}

	function markNav(page) {
		for (const link of document.querySelectorAll("#nav a")) {
			link.toggleAttribute("aria-current", link.dataset.page === page);
			if (link.dataset.page === page) {
				link.setAttribute("aria-current", "page");
			}
		}
	}

	function toPart(name) {
		const head = document.getElementById(`head-${name}`);
		if (head) {
			head.closest("section").scrollIntoView();
			head.focus({ preventScroll: true });
		}
	}

	labctl.route = (first) => {
		const [page, what, more] = readHash();
		const isPart = PARTS.some(([name]) => name === page);
		labctl.typing = page === "tests";
		if (PAGES[page]) {
			show([PAGES[page](labctl.summary, what, more)]);
			shown = page;
		} else if (shown !== "overview") {
			show(labctl.overview(labctl.summary));
			shown = "overview";
		}
		const title = main.querySelector("h1")?.textContent ?? "";
		document.title = `${title} · labctl`;
		markNav(PAGES[page] ? page : isPart ? page : "changes");
		if (isPart) {
			toPart(page);
		} else if (!first && document.activeElement !== query) {
			window.scrollTo(0, 0);
			main.querySelector("h1")?.focus({ preventScroll: true });
		}
	};

	// ---- the bar ----

	function drawBar(summary) {
		document.getElementById("title").textContent = labctl.visible(summary.title ?? "labctl");
		const links = [...PARTS.filter(([name]) => name !== "speed" || summary.speed.benchmarks.length), ["tests", "Tests"]];
		document.getElementById("nav").append(...links.map(([name, words]) => h("a", { href: `#/${name}`, "data-page": name }, words)));
		document.getElementById("foot").append(
			h("p", null, `Made by labctl ${summary.labctl} on `, labctl.time(summary.made_ms), `, of run ${summary.run.id}: `, h("code", null, labctl.visible(summary.run.command ?? ""))),
			h("p", null, h("button", { type: "button", class: "button", onclick: keys }, "Keys: ?")));
	}

	let typed = 0;

	function onType() {
		clearTimeout(typed);
		if (labctl.typing) {
			labctl.typeSearch(query.value);
			return;
		}
		// The first letter leads to the list of tests, where the rest is typed on.
		location.hash = labctl.links.tests({ q: query.value });
	}

	document.getElementById("search").addEventListener("submit", (event) => {
		event.preventDefault();
		if (!labctl.typing) {
			location.hash = labctl.links.tests({ q: query.value });
		}
		labctl.currentTests?.focusList();
	});
	query.addEventListener("input", onType);
	query.addEventListener("focus", () => labctl.suites().catch(() => {}), { once: true });

	// ---- keys ----

	const KEYS = [["/", "search the tests"], ["↓ ↑", "from the search into the list, and through it"], ["← → ↑ ↓", "from cell to cell of a matrix"], ["Enter", "open"], ["Esc", "back"], ["g then o, c, s, f, t, a", "overview, compatibility, speed, findings, targets, all tests"], ["?", "these keys"]];

	function keys() {
		const dialog = h("dialog", { class: "keys", "aria-label": "Keys" }, h("h2", null, "Keys"), h("dl", null, KEYS.map(([key, words]) => [h("dt", null, h("kbd", null, key)), h("dd", null, words)])),
			h("button", { type: "button", class: "button", onclick: () => dialog.close() }, "Close"));
		dialog.addEventListener("close", () => dialog.remove());
		document.body.append(dialog);
		dialog.showModal();
	}

	const GO = { o: "#/", c: "#/matrix", s: "#/speed", f: "#/findings", t: "#/targets", a: "#/tests" };
	let wentG = 0;

	document.addEventListener("keydown", (event) => {
		if (event.altKey || event.ctrlKey || event.metaKey || document.querySelector("dialog[open]")) {
			return;
		}
		if (event.target === query) {
			if (event.key === "Escape") {
				query.value ? ((query.value = ""), onType()) : query.blur();
			} else if (event.key === "ArrowDown") {
				event.preventDefault();
				labctl.currentTests?.focusList();
			}
			return;
		}
		if (event.target.matches("input, select, textarea")) {
			return;
		}
		if (event.key === "/") {
			event.preventDefault();
			query.focus();
			query.select();
		} else if (event.key === "?") {
			keys();
		} else if (event.key === "Escape") {
			history.length > 1 ? history.back() : (location.hash = "#/");
		} else if (event.key === "g") {
			wentG = event.timeStamp;
		} else if (GO[event.key] && event.timeStamp - wentG < 1500) {
			wentG = 0;
			location.hash = GO[event.key];
		}
	});

	// ---- begin ----

	addEventListener("hashchange", () => labctl.route());
	// What prints is all there is: what is folded is opened.
	addEventListener("beforeprint", () => document.querySelectorAll("main details:not([open])").forEach((part) => {
		part.open = true;
	}));

	labctl.piece("summary").then((summary) => {
		labctl.readSummary(summary);
		drawBar(summary);
		labctl.route(true);
		performance.mark("labctl-first-page");
		// All names come after the picture, when nothing else is to be done.
		const idle = self.requestIdleCallback ?? ((later) => setTimeout(later, 400));
		requestAnimationFrame(() => setTimeout(() => performance.mark("labctl-first-picture") && idle(() => labctl.suites().catch(() => {}))));
	}, (error) => main.replaceChildren(h("p", { class: "why" }, error.message)));
})();
