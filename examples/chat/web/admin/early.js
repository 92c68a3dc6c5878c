// Before the first paint, so that nothing flashes: the theme and language that the chat remembers, and the scene that
// is to come. And a word where the page does not come to life. So this is written as of old.
(function () {
	var page = document.documentElement;
	var read = function (place, key) {
		return JSON.parse(place.getItem("pollcat:" + key));
	};
	// Whoever has a key or a token is about to see the frame (web/views/base.css calls that scene "chat").
	if (location.hash.length > 20) page.setAttribute("data-scene", "chat");
	page.lang = /^zh/i.test(navigator.language) ? "zh" : "en";
	try {
		page.setAttribute("data-theme", read(localStorage, "theme") || "");
		page.lang = read(localStorage, "language") || page.lang;
		if (read(sessionStorage, "admin token")) page.setAttribute("data-scene", "chat");
	} catch (error) {
		// Storage may be forbidden.
	}
	var words = {
		en: "The page could not start: load it again, or use a browser of 2023 or later.",
		zh: "页面无法启动。请刷新，或使用 2023 年以后的浏览器。"
	};
	window.addEventListener("load", function () {
		if (page.getAttribute("data-started")) return;
		page.removeAttribute("data-scene");
		var line = document.createElement("p");
		line.className = "plain";
		line.setAttribute("role", "alert");
		line.textContent = words[page.lang] || words.en;
		document.body.insertBefore(line, document.body.firstChild);
	});
})();
