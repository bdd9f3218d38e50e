"use strict";

// The pieces of data. In a folder each is a file data/NAME.js that pushes [name, value] into the global labctlData; in a single
// file it is a data block. Nothing is ever fetched: pages opened from a file may not.
const labctl = {};

(() => {
	const single = document.querySelector("script[data-piece]") !== null;
	const values = new Map();
	const waiting = new Map();

	function arrive([name, value]) {
		values.set(name, value);
		waiting.get(name)?.resolve(value);
		waiting.delete(name);
	}

	const early = self.labctlData ?? [];
	self.labctlData = { push: arrive };
	early.forEach(arrive);

	function takeBlock(name) {
		const block = document.querySelector(`script[data-piece="${CSS.escape(name)}"]`);
		if (!block) {
			return false;
		}
		arrive([name, JSON.parse(block.textContent)]);
		return true;
	}

	function fromBlock(name, fail) {
		if (takeBlock(name)) {
			return;
		}
		if (document.readyState !== "loading") {
			fail();
			return;
		}
		document.addEventListener("DOMContentLoaded", () => takeBlock(name) || fail(), { once: true });
	}

	function fromFile(name, fail) {
		const script = document.createElement("script");
		script.src = `data/${name}.js`;
		script.addEventListener("error", fail);
		script.addEventListener("load", () => (values.has(name) ? script.remove() : fail()));
		document.head.append(script);
	}

	// A promise of the piece; asked for once, however often it is wanted.
	labctl.piece = (name) => {
		if (values.has(name)) {
			return Promise.resolve(values.get(name));
		}
		if (waiting.has(name)) {
			return waiting.get(name).promise;
		}
		const wait = {};
		wait.promise = new Promise((resolve, reject) => {
			wait.resolve = resolve;
			wait.reject = reject;
		});
		waiting.set(name, wait);
		const fail = () => {
			waiting.delete(name);
			wait.reject(new Error(`the piece “${name}” of this report is missing`));
		};
		(single ? fromBlock : fromFile)(name, fail);
		return wait.promise;
	};
})();
