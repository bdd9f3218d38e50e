"use strict";

// Charts as plain SVG: they print, they scale, and a screen reader is told in words what they show.
(() => {
	const { svg, h } = labctl;

	// ---- a small line beside a number ----

	labctl.spark = (values, options) => {
		const known = values.filter((v) => v !== null);
		if (known.length < 2) {
			return null;
		}
		const [width, height] = [options?.width ?? 56, options?.height ?? 16];
		let low = Math.min(...known);
		let high = Math.max(...known);
		const least = options?.least ?? 0;
		if (high - low < least) {
			[low, high] = options?.top !== undefined ? [high - least, high] : [(low + high - least) / 2, (low + high + least) / 2];
		}
		const x = (i) => 1.5 + (i * (width - 4)) / (values.length - 1);
		const y = (v) => (high === low ? height / 2 : height - 2.5 - ((v - low) / (high - low)) * (height - 5));
		let path = "";
		let open = false;
		values.forEach((v, i) => {
			if (v === null) {
				open = false;
				return;
			}
			path += `${open ? "L" : "M"}${x(i).toFixed(1)} ${y(v).toFixed(1)}`;
			open = true;
		});
		const last = values.findLastIndex((v) => v !== null);
		return svg("svg", { class: high === low || new Set(known).size === 1 ? "spark calm" : "spark", viewBox: `0 0 ${width} ${height}`, width, height, "aria-hidden": "true", focusable: "false" },
			svg("path", { d: path }), svg("circle", { cx: x(last), cy: y(values[last]), r: 1.8 }));
	};

	// ---- axes ----

	function niceStep(span, count) {
		const rough = span / count;
		const power = 10 ** Math.floor(Math.log10(rough));
		const lead = rough / power;
		return (lead <= 1 ? 1 : lead <= 2 ? 2 : lead <= 5 ? 5 : 10) * power;
	}

	// unit: what a nice number is counted in: 2 ** 20 for bytes.
	function ticks(low, high, count, unit) {
		const step = niceStep((high - low || 1) / (unit ?? 1), count) * (unit ?? 1);
		const list = [];
		for (let at = Math.ceil(low / step - 1e-9) * step; at <= high + step * 1e-9; at += step) {
			list.push(Math.abs(at) < step * 1e-9 ? 0 : at);
		}
		return list;
	}

	const MARGIN = { left: 68, right: 14, top: 10, bottom: 34 };

	// options: { width, height, x: [low, high], y: [low, high], xLabel, yText(v), xText(v), xTicks }
	function frame(options) {
		const { width, height } = options;
		const x = (v) => MARGIN.left + ((v - options.x[0]) / (options.x[1] - options.x[0] || 1)) * (width - MARGIN.left - MARGIN.right);
		const y = (v) => height - MARGIN.bottom - ((v - options.y[0]) / (options.y[1] - options.y[0] || 1)) * (height - MARGIN.top - MARGIN.bottom);
		const grid = ticks(options.y[0], options.y[1], 5, options.unit).filter((v) => !options.whole || Number.isInteger(v)).map((v) => [
			svg("line", { class: "grid", x1: MARGIN.left, x2: width - MARGIN.right, y1: y(v), y2: y(v) }),
			svg("text", { class: "tick", x: MARGIN.left - 8, y: y(v) + 3.5, "text-anchor": "end" }, v === 0 ? "0" : options.yText(v)),
		]);
		const xs = options.xTicks ?? ticks(options.x[0], options.x[1], Math.max(2, Math.floor(width / 110))).filter((v) => options.fractions || Number.isInteger(v));
		const feet = xs.map((v) => svg("text", { class: "tick", x: x(v), y: height - MARGIN.bottom + 16, "text-anchor": "middle" }, options.xText?.(v) ?? labctl.count(Number(v.toPrecision(6)))));
		return {
			x, y,
			parts: [...grid.flat(), ...feet,
				svg("text", { class: "axis", x: (MARGIN.left + width - MARGIN.right) / 2, y: height - 4, "text-anchor": "middle" }, options.xLabel)],
		};
	}

	const room = (box) => Math.max(300, box.clientWidth || 900);

	// A chart that is drawn as wide as its place, and again when that changes.
	function fitted(description, draw) {
		const box = h("div", { class: "chart", role: "img", "aria-label": description });
		let width = 0;
		const again = () => {
			const now = room(box);
			if (now !== width && box.isConnected) {
				width = now;
				box.replaceChildren(draw(width));
			}
		};
		new ResizeObserver(again).observe(box);
		return box;
	}

	// ---- the iterations of all processes ----

	function line(values, place) {
		let path = "";
		for (let i = 0; i < values.length; i++) {
			path += `${path ? "L" : "M"}${place.x(values[i][0]).toFixed(1)} ${place.y(values[i][1]).toFixed(1)}`;
		}
		return path;
	}

	function rangeOf(lines, axis) {
		let [low, high] = [Infinity, -Infinity];
		for (const points of lines) {
			for (const point of points) {
				low = Math.min(low, point[axis]);
				high = Math.max(high, point[axis]);
			}
		}
		return low <= high ? [low, high] : [0, 1];
	}

	// The level that nearly all values keep below: one slow first iteration must not flatten all the rest.
	function calmTop(lines) {
		const all = lines.flat().map((point) => point[1]).sort((a, b) => a - b);
		const most = all[all.length - 1];
		const usual = all[Math.floor(all.length * 0.98)];
		return most > usual * 3 ? usual * 1.6 : most;
	}

	// series: [{ name, class, points: [[x, y], ...] }]; options: { label, xLabel, yText, marks: [{x, y, text}], fromZero, width, height }
	labctl.lines = (series, options) => fitted(options.label, (width) => {
		const lines = series.map((s) => s.points).filter((points) => points.length);
		const height = options.height ?? 280;
		const x = rangeOf(lines, 0);
		const [low, high] = [options.fromZero ? 0 : rangeOf(lines, 1)[0], options.all ? rangeOf(lines, 1)[1] : calmTop(lines)];
		const space = (high - low || Math.abs(high) || 1) * 0.06;
		const place = frame({ width, height, x, y: [Math.max(options.fromZero ? 0 : -Infinity, low - space), high + space], ...options });
		const clip = `clip${(labctl.clips = (labctl.clips ?? 0) + 1)}`;
		return svg("svg", { viewBox: `0 0 ${width} ${height}`, width, height, "aria-hidden": "true", focusable: "false" },
			svg("clipPath", { id: clip }, svg("rect", { x: MARGIN.left, y: 0, width: width - MARGIN.left - MARGIN.right + 6, height: height - MARGIN.bottom })),
			place.parts,
			svg("g", { "clip-path": `url(#${clip})` },
				series.map((s) => svg("path", { class: `line ${s.class ?? ""}`, d: line(s.points, place) }, svg("title", null, s.name))),
				(options.marks ?? []).map((mark) => svg("circle", { class: "mark", cx: place.x(mark.x), cy: place.y(mark.y), r: 3 }, svg("title", null, mark.text)))));
	});

	// ---- a series over the runs, with its levels and where they change ----

	// points: [{ run, ms, value, low, high }], changes: [{ at, before, after, pending, worse }]
	labctl.history = (points, changes, options) => fitted(options.label, (width) => {
		const known = points.map((p, i) => ({ ...p, i })).filter((p) => p.value !== null);
		const height = options.height ?? 240;
		const low = Math.min(...known.map((p) => p.low ?? p.value));
		const high = Math.max(...known.map((p) => p.high ?? p.value));
		const space = (high - low || Math.abs(high) * 0.02 || 1) * 0.08;
		const step = Math.max(1, Math.ceil(points.length / (width / 90)));
		const xTicks = points.map((_, i) => i).filter((i) => (points.length - 1 - i) % step === 0);
		const place = frame({
			width, height, x: [0, Math.max(1, points.length - 1)], y: [Math.max(options.floor ?? -Infinity, low - space), high + space], xLabel: "run",
			yText: options.yText, whole: options.whole, xTicks, xText: (i) => String(points[i].run),
		});
		const starts = [0, ...changes.map((c) => c.at), points.length];
		const levels = changes.length ? starts.slice(0, -1).map((from, k) => {
			const level = k === 0 ? changes[0].before : changes[k - 1].after;
			return svg("line", { class: "level", x1: place.x(Math.max(0, from - 0.5)), x2: place.x(Math.min(points.length - 1, starts[k + 1] - 0.5)), y1: place.y(level), y2: place.y(level) });
		}) : [];
		return svg("svg", { viewBox: `0 0 ${width} ${height}`, width, height, "aria-hidden": "true", focusable: "false" },
			place.parts,
			known.filter((p) => p.low !== undefined && p.low !== null).map((p) => svg("line", { class: "whisker", x1: place.x(p.i), x2: place.x(p.i), y1: place.y(p.low), y2: place.y(p.high) })),
			levels,
			changes.map((c) => svg("line", { class: `change ${c.pending ? "pending" : ""} ${c.worse ? "worse" : "better"}`, x1: place.x(c.at - 0.5), x2: place.x(c.at - 0.5), y1: 8, y2: height - 34 },
				svg("title", null, `run ${points[c.at].run}${c.pending ? ", pending" : ""}`))),
			svg("path", { class: "line thin", d: line(known.map((p) => [p.i, p.value]), place) }),
			known.map((p) => svg("circle", { class: "point", cx: place.x(p.i), cy: place.y(p.value), r: points.length > 120 ? 1.4 : 2.4 },
				svg("title", null, `run ${p.run}, ${labctl.dateText(p.ms)}: ${options.yText(p.value)}`))));
	});
})();
