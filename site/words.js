"use strict";

// How things are said and signed. No colour stands alone: each has a sign and a word beside it.
(() => {
	// Drawn by us: a font may have none of them.
	const ICONS = {
		passed: ["M3.5 8.6l3 3 6-7"],
		failed: ["M4.5 4.5l7 7M11.5 4.5l-7 7"],
		crashed: ["M9.2 1.8L3.8 9h3.6l-.8 5.2L12.2 7H8.6z"],
		timed_out: ["M8 2.5a5.5 5.5 0 1 0 0 11a5.5 5.5 0 1 0 0-11", "M8 5v3.3l2.2 1.4"],
		broken: ["M8 2.2l6.2 11H1.8z", "M8 6.4v3.2M8 11.4v.2"],
		unavailable: ["M4 8h8"],
		lost: ["M5.6 6.1a2.5 2.5 0 1 1 3.5 2.3c-.8.4-1.1.8-1.1 1.7", "M8 12.4v.2"],
		skipped: ["M4 5l3 3-3 3M9 5l3 3-3 3"],
		not_run: ["M8 4.5a3.5 3.5 0 1 0 0 7a3.5 3.5 0 1 0 0-7"],
		known: ["M3.5 6.5c1.5-1.6 3-1.6 4.5 0s3 1.6 4.5 0M3.5 10.5c1.5-1.6 3-1.6 4.5 0s3 1.6 4.5 0"],
		newly: ["M8 3.5l5 9H3z"],
		faster: ["M8 12.5v-9M4 7.5l4-4 4 4"],
		slower: ["M8 3.5v9M4 8.5l4 4 4-4"],
		equivalent: ["M4 6.2h8M4 9.8h8"],
		undecided: ["M5.6 6.1a2.5 2.5 0 1 1 3.5 2.3c-.8.4-1.1.8-1.1 1.7", "M8 12.4v.2"],
		"no-steady-state": ["M2.5 9.5l2.2-4 2.6 6 2.6-7 3.6 5.5"],
		"not-comparable": ["M4 6.2h8M4 9.8h8M10 3.5l-4 9"],
		baseline: ["M3 12.5h10M8 3.5v9"],
		flaky: ["M3 11.5l3-7 3 7 3-7"],
		fixed: ["M3.5 8.6l3 3 6-7"],
		appeared: ["M8 4v8M4 8h8"],
		disappeared: ["M4 8h8"],
		copy: ["M5.5 5.5h7v8h-7z", "M10.5 5.5v-3h-7v8h2"],
		go: ["M6 3.5L10.5 8 6 12.5"],
	};
	const FILLED = new Set(["crashed", "newly"]);

	labctl.icon = (name, label) => labctl.svg("svg",
		{
			class: `icon${FILLED.has(name) ? " filled" : ""}`, viewBox: "0 0 16 16", width: 16, height: 16, focusable: "false",
			...(label ? { role: "img", "aria-label": label } : { "aria-hidden": "true" }),
		},
		(ICONS[name] ?? ICONS.not_run).map((d) => labctl.svg("path", { d })));

	// In the order in which tallies are stored.
	labctl.VERDICTS = ["passed", "failed", "crashed", "timed_out", "broken", "unavailable", "lost", "skipped"];
	labctl.BAD = new Set(["failed", "crashed", "timed_out", "broken"]);
	labctl.verdictWord = (verdict) => verdict.replace("_", " ");

	labctl.badge = (name, word) => labctl.h("span", { class: `badge v-${name}` }, labctl.icon(name), word ?? labctl.verdictWord(name));

	// ---- numbers ----

	const whole = new Intl.NumberFormat("en");
	labctl.count = (n, one, many) => `${whole.format(n)}${one ? ` ${n === 1 ? one : many ?? `${one}s`}` : ""}`;

	// Cut, never rounded up: 100 % is all of them. No digit that so few tests cannot tell.
	labctl.rate = (rate, total) => {
		if (rate === null || rate === undefined) {
			return "";
		}
		if (rate === 1) {
			return "100 %";
		}
		if (rate > 0 && rate < 0.01) {
			return "<1 %";
		}
		const digits = rate === 0 || total < 100 ? 0 : 1;
		const scale = 10 ** digits;
		return `${(Math.floor(rate * 100 * scale + 1e-7) / scale).toFixed(digits)} %`;
	};

	function digits3(value) {
		return value >= 100 ? value.toFixed(0) : value >= 10 ? value.toFixed(1) : value.toFixed(2);
	}

	labctl.seconds = (s, counted) => {
		if (s === null || s === undefined) {
			return "–";
		}
		if (counted) {
			const instructions = s * 1e9;
			const [scale, unit] = instructions >= 1e9 ? [1e9, "G"] : instructions >= 1e6 ? [1e6, "M"] : [1e3, "k"];
			return `${digits3(instructions / scale)} ${unit} instr.`;
		}
		const [scale, unit] = s >= 1 ? [1, "s"] : s >= 1e-3 ? [1e-3, "ms"] : s >= 1e-6 ? [1e-6, "µs"] : [1e-9, "ns"];
		return `${digits3(s / scale)} ${unit}`;
	};

	labctl.duration = (s) => {
		if (s < 100) {
			return `${s < 10 ? s.toFixed(1) : s.toFixed(0)} s`;
		}
		const minutes = Math.round(s / 60);
		return minutes < 100 ? `${minutes} min` : `${Math.floor(minutes / 60)} h ${String(minutes % 60).padStart(2, "0")} min`;
	};

	labctl.bytes = (n) => {
		if (n === null || n === undefined) {
			return "–";
		}
		const [scale, unit] = n >= 2 ** 30 ? [2 ** 30, "GiB"] : n >= 2 ** 20 ? [2 ** 20, "MiB"] : n >= 1024 ? [1024, "KiB"] : [1, "B"];
		return `${scale === 1 ? n.toFixed(0) : digits3(n / scale)} ${unit}`;
	};

	// How many times as fast, from time / the baseline's.
	labctl.factor = (ratio) => {
		const times = 1 / ratio;
		return `${times >= 0.1 ? digits3(times) : times.toPrecision(2)}×`;
	};

	labctl.percent = (share) => {
		const percent = share * 100;
		return `${percent >= 10 ? percent.toFixed(0) : percent.toFixed(1)} %`;
	};

	// ---- times: the reader's zone, and UTC to be sure ----

	const pad = (n) => String(n).padStart(2, "0");

	labctl.dateText = (ms) => {
		const d = new Date(ms);
		return `${d.getFullYear()}-${pad(d.getMonth() + 1)}-${pad(d.getDate())} ${pad(d.getHours())}:${pad(d.getMinutes())}`;
	};

	labctl.time = (ms) => labctl.h("time", { datetime: new Date(ms).toISOString(), title: new Date(ms).toISOString() }, labctl.dateText(ms));
})();
