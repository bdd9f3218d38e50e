"use strict";

// One benchmark under one runtime on one target: every process's curve, its class, memory, and history.
(() => {
	const { h, links } = labctl;

	// Values as points; where two values stand for a stretch of iterations, at its ends.
	function pointsOf(process) {
		if (!process.each) {
			return process.values.map((value, i) => [i + 1, value]);
		}
		return process.values.map((value, k) => [Math.floor(k / 2) * process.each + (k % 2 ? process.each : 1), value]);
	}

	function baselineOf(summary, cell) {
		return summary.speed.cells.find((other) => other.id && other.measured && other.benchmark === cell.benchmark && other.column.target === cell.column.target && other.column.baseline);
	}

	function medianCurve(processes) {
		const measured = processes.filter((p) => !p.failed && p.values.length && !p.each);
		const longest = Math.max(0, ...measured.map((p) => p.values.length));
		const points = [];
		for (let i = 0; i < longest; i++) {
			const at = measured.map((p) => p.values[i]).filter((v) => v !== undefined).sort((a, b) => a - b);
			if (at.length * 2 < measured.length) {
				break;
			}
			points.push([i + 1, at[Math.floor(at.length / 2)]]);
		}
		return points;
	}

	function curves(summary, cell, bench) {
		const section = h("section", { "aria-label": "Iterations" }, h("h2", null, "Iterations of all processes"));
		const place = h("div");
		const draw = (other) => {
			const series = bench.processes.map((process, k) => ({ name: `process ${k + 1}${process.failed ? ", failed" : ""}: ${process.class ?? ""}`, class: process.failed ? "bad" : `p${k % 6}`, points: pointsOf(process) }));
			const marks = bench.processes.filter((p) => p.steady_from > 0 && p.mean !== null && p.steady_from < p.iterations).map((p) => ({ x: p.steady_from + 1, y: p.mean, text: `steady from iteration ${p.steady_from + 1}` }));
			if (other?.points.length) {
				series.unshift({ name: `${summary.speed.baseline}: median of its processes`, class: "base", points: other.points });
			}
			place.replaceChildren(labctl.lines(series, {
				label: `Time per loop at each iteration, ${labctl.count(bench.processes.length, "process", "processes")}; class ${bench.class}`, xLabel: "iteration", fromZero: true,
				yText: (v) => labctl.seconds(v, bench.clock === "instructions"), marks,
			}),
			h("p", { class: "under key" }, h("span", { class: "key-line p0" }), " a line per process ", marks.length ? [h("span", { class: "key-dot" }), " where its steady state begins "] : "", other?.points.length ? [h("span", { class: "key-line base" }), ` ${summary.speed.baseline}, median`] : ""));
		};
		const other = cell.column.baseline ? null : baselineOf(summary, cell);
		draw(null);
		if (other) {
			labctl.piece(`bench-${other.id}`).then((base) => draw({ points: medianCurve(base.processes) }), () => {});
		}
		section.append(place);
		return section;
	}

	function processTable(bench) {
		const counted = bench.clock === "instructions";
		const head = ["Process", "Class", "Iterations", "Steady from", "Mean", "Before that", "Peak"];
		return labctl.wide("Processes", h("table", { class: "plain numbers" }, h("caption", { class: "hidden-text" }, "What each process measured"),
			h("thead", null, h("tr", null, head.map((text) => h("th", { scope: "col" }, text)))),
			h("tbody", null, bench.processes.map((p, k) => h("tr", null,
				h("th", { scope: "row" }, `${k + 1}${p.role ? ` ${p.role}` : ""}`),
				h("td", { class: "text" }, p.failed ? labctl.badge("failed", p.detail ? labctl.visible(p.detail).slice(0, 200) : "failed") : p.class ?? ""),
				h("td", null, labctl.count(p.iterations)),
				h("td", null, p.mean === null || p.mean === undefined ? "–" : labctl.count(p.steady_from + 1)),
				h("td", null, p.mean === null || p.mean === undefined ? "–" : [labctl.seconds(p.mean, counted), p.standard_error !== null ? h("span", { class: "faint" }, ` ±${(p.standard_error / p.mean * 100).toFixed(2)} %`) : ""]),
				h("td", null, p.steady_from > 0 && p.before_steady_s !== null && p.before_steady_s !== undefined ? labctl.seconds(p.before_steady_s, counted) : ""),
				h("td", null, labctl.bytes(p.peak_bytes)))))));
	}

	function memory(bench) {
		const series = bench.processes.map((p, k) => ({ name: `process ${k + 1}`, class: `p${k % 6}`, points: p.memory })).filter((s) => s.points.length > 1);
		if (bench.peak_bytes === null) {
			return null;
		}
		return h("section", { "aria-label": "Memory" }, h("h2", null, "Memory"),
			h("p", null, "Peak ", h("b", null, labctl.bytes(bench.peak_bytes)), " (median of the processes). Does it grow? ", h("b", null, bench.memory_grows),
				bench.growth_interval[0] === null ? "" : ` (${labctl.bytes(bench.growth_bytes_per_s)}/s, 95 %: ${labctl.bytes(bench.growth_interval[0])} to ${labctl.bytes(bench.growth_interval[1])})`),
			series.length ? labctl.lines(series, { label: "Memory of each process over its time", xLabel: "seconds since the process began", fractions: true, fromZero: true, all: true, height: 200, yText: labctl.bytes, unit: 2 ** 20 }) : null);
	}

	const historySection = (summary, cell, past) => labctl.pastSection(past, {
		title: "History", text: (v) => labctl.seconds(v, cell.column.counted), worse: ["slower", "slower"], better: ["faster", "faster"],
		command: `${summary.program} history ${labctl.shellWord(cell.benchmark)} --target ${labctl.shellWord(cell.column.target)} --runtime ${labctl.shellWord(cell.column.runtime)}`,
	});

	function others(summary, cell) {
		const row = summary.speed.cells.filter((other) => other.benchmark === cell.benchmark && other.id && other !== cell);
		return row.length ? h("p", { class: "actions" }, "Elsewhere: ", row.map((other) => [h("a", { href: links.cell(other.label) }, `${labctl.columnName(other.column)} ${other.column.runtime}`), other === row[row.length - 1] ? "" : " · "])) : null;
	}

	function headline(cell, bench) {
		const counted = bench.clock === "instructions";
		const half = bench.mean_interval[0] === null ? null : (bench.mean_interval[1] - bench.mean_interval[0]) / 2 / bench.mean;
		return h("div", { class: "figures" },
			h("div", null, h("b", null, bench.speed_known ? labctl.seconds(bench.mean, counted) : "no speed"), h("span", null, bench.speed_known ? `per loop${half === null ? "" : `, ±${(half * 100).toFixed(1)} % (95 %)`}` : "nothing that could be compared")),
			h("div", null, h("b", null, bench.class), h("span", null, bench.class_help)),
			cell.ratio ? h("div", null, h("b", null, labctl.factor(cell.ratio)), h("span", null, `as fast as ${labctl.summary.speed.baseline}, 95 %: ${labctl.intervalWords(cell)}`)) : null,
			cell.memory_ratio ? h("div", null, h("b", null, `${cell.memory_ratio.toFixed(2)}×`), h("span", null, "the baseline's memory")) : null);
	}

	labctl.benchmarkPage = (summary, cell) => {
		const body = h("div", null, h("p", { class: "wait" }, "Reading the benchmark …"));
		const word = cell.column.baseline ? null : cell.word;
		const missing = (error) => h("p", { class: "under" }, cell.measured ? `${error.message}: its record was pruned, or is gone.` : "Nothing was measured.");
		const show = (bench, about) => body.replaceChildren(...[
			bench.mean !== undefined ? [headline(cell, bench), curves(summary, cell, bench), processTable(bench), memory(bench)] : missing(bench),
			historySection(summary, cell, about.past), others(summary, cell),
			h("section", null, h("h2", null, "Again"), labctl.command(`${summary.program} bench ${labctl.shellWord(cell.benchmark)} --target ${labctl.shellWord(cell.column.target)} --fresh`), labctl.command(`${summary.program} show ${labctl.shellWord(cell.label)}`)),
			about.steps.length ? h("section", null, h("h2", null, "Steps"), labctl.stepList(cell, about.steps)) : null,
			h("section", null, h("h2", null, "Facts"), labctl.factTable(about.facts))].flat().filter(Boolean));
		const wantsCurves = cell.measured ? labctl.piece(`bench-${cell.id}`).catch((error) => error) : Promise.resolve(new Error(""));
		Promise.all([wantsCurves, labctl.piece(`cell-${cell.id}`)]).then(([bench, about]) => show(bench, about), (error) => body.replaceChildren(h("p", { class: "why" }, error.message)));
		return [
			labctl.cellHead(cell, cell.column.baseline ? labctl.badge("plain", "baseline") : word ? h("span", { class: `badge s-${word}` }, labctl.icon(word), word.replaceAll("-", " ")) : labctl.badge(cell.verdict)),
			cell.column.emulated ? h("p", { class: "under" }, "Emulated: compare its times with others of this column only.") : null,
			cell.why ? h("p", { class: "why" }, labctl.visible(cell.why)) : null, body,
		];
	};
})();
