// Before the first paint, so that nothing flashes: the remembered theme and language.
{
	const page = document.documentElement;
	const read = (key) => JSON.parse(localStorage.getItem(`pollcat:${key}`));
	page.lang = /^zh/i.test(navigator.language) ? "zh" : "en";
	try {
		page.dataset.theme = read("theme") ?? "";
		page.lang = read("language") ?? page.lang;
	} catch {
		// Storage may be forbidden.
	}
}
