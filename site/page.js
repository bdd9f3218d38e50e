"use strict";

// Making elements. Every text of the report comes from somewhere else: it goes into text nodes and attributes, never into markup.
(() => {
	const SVG = "http://www.w3.org/2000/svg";

	function put(element, children) {
		for (const child of children.flat(Infinity)) {
			if (child !== null && child !== undefined && child !== false) {
				element.append(child);
			}
		}
		return element;
	}

	function set(element, properties) {
		for (const [name, value] of Object.entries(properties ?? {})) {
			if (value === null || value === undefined || value === false) {
				continue;
			}
			if (name.startsWith("on")) {
				element.addEventListener(name.slice(2), value);
			} else {
				element.setAttribute(name, value === true ? "" : String(value));
			}
		}
		return element;
	}

	labctl.h = (tag, properties, ...children) => put(set(document.createElement(tag), properties), children);
	labctl.svg = (tag, properties, ...children) => put(set(document.createElementNS(SVG, tag), properties), children);

	// Characters that would do something instead of being seen: controls, and marks that turn the order of what stands around them.
	const HIDDEN = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u00ad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\ufff9-\ufffb]/g;
	const LINE = /[\t\n]/g;

	function number(character) {
		const code = character.codePointAt(0);
		return code < 0x80 ? `\\x${code.toString(16).padStart(2, "0")}` : `\\u{${code.toString(16)}}`;
	}

	// Of many lines: newlines and tabs stay.
	labctl.visibleText = (text) => text.replace(HIDDEN, number);
	labctl.visible = (text) => labctl.visibleText(text).replace(LINE, number);

	// The beginning of what is too long to be read; its whole length is told.
	const NAME_MOST = 400;
	labctl.shortened = (name) => (name.length > NAME_MOST ? `${labctl.visible(name.slice(0, NAME_MOST))}… (${labctl.count(name.length)} characters)` : labctl.visible(name));

	// One word for a shell. What cannot be seen is written by its number, so that pasting it does nothing else.
	labctl.shellWord = (text) => {
		if (/^[A-Za-z0-9_@%+:,./-]+$/.test(text)) {
			return text;
		}
		if (text.search(HIDDEN) < 0 && text.search(LINE) < 0) {
			return `'${text.replaceAll("'", "'\\''")}'`;
		}
		const escaped = text.replace(/[\\']/g, "\\$&").replace(HIDDEN, shellNumber).replace(LINE, shellNumber);
		return `$'${escaped}'`;
	};

	function shellNumber(character) {
		const code = character.codePointAt(0);
		return code < 0x80 ? `\\x${code.toString(16).padStart(2, "0")}` : `\\u${code.toString(16).padStart(4, "0")}`;
	}

	// ---- copying ----

	labctl.say = (text) => {
		document.getElementById("said").textContent = text;
	};

	async function toClipboard(text) {
		try {
			await navigator.clipboard.writeText(text);
		} catch {
			// Pages from files have no clipboard of their own in every browser.
			const area = labctl.h("textarea", { class: "hidden-text" });
			area.value = text;
			document.body.append(area);
			area.select();
			document.execCommand("copy");
			area.remove();
		}
	}

	labctl.copyButton = (what, text) => {
		const button = labctl.h("button", { type: "button", class: "copy", "aria-label": `Copy ${what}`, title: `Copy ${what}` },
			labctl.icon("copy"));
		button.addEventListener("click", async () => {
			await toClipboard(typeof text === "function" ? text() : text);
			button.classList.add("done");
			labctl.say(`Copied ${what}`);
			setTimeout(() => button.classList.remove("done"), 1200);
		});
		return button;
	};

	labctl.command = (text) => labctl.h("div", { class: "command" },
		labctl.h("code", null, text), labctl.copyButton("the command", text));

	// A link to this very place, for a bug tracker.
	labctl.permalink = (hash, what) => labctl.copyButton(`the link to ${what}`, () => location.href.split("#")[0] + hash);

	// ---- tables that are too wide for the window ----

	labctl.wide = (label, table) => labctl.h("div", { class: "wide", role: "region", "aria-label": label, tabindex: "0" }, table);

	// Arrow keys go from link to link in a table; Tab goes on through all of them as ever.
	labctl.arrows = (table) => {
		table.addEventListener("keydown", (event) => {
			const step = { ArrowLeft: [0, -1], ArrowRight: [0, 1], ArrowUp: [-1, 0], ArrowDown: [1, 0] }[event.key];
			const cell = event.target.closest("td, th");
			if (!step || !cell || event.altKey || event.ctrlKey || event.metaKey) {
				return;
			}
			const rows = [...table.tBodies].flatMap((body) => [...body.rows]);
			let row = rows.indexOf(cell.parentElement);
			let column = cell.cellIndex;
			for (;;) {
				row += step[0];
				column += step[1];
				const next = rows[row]?.cells[column];
				if (!next) {
					return;
				}
				const link = next.querySelector("a");
				if (link) {
					link.focus();
					event.preventDefault();
					return;
				}
			}
		});
		return table;
	};
})();
