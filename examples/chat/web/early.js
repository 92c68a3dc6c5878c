// Before the first paint, so that nothing flashes: the remembered theme and language.
(() => {
	const read = (key) => {
		try {
			return JSON.parse(localStorage.getItem(`pollcat:${key}`));
		} catch {
			return null; // storage may be forbidden; the defaults are good as well
		}
	};
	const page = document.documentElement;
	page.dataset.theme = read("theme") || "";
	page.lang = read("language") || (/^zh\b/i.test(navigator.language) ? "zh" : "en");
})();
