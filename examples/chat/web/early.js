// Before the first paint, so that nothing flashes: the remembered theme and language, and the scene that is to come,
// whose frame is seen while the rest of the page is on its way. And a word where the page does not come to life: in a
// browser that is too old for its modules, or if a part did not arrive. So this is written as of old.
(function () {
	var page = document.documentElement;
	var read = function (key) {
		return JSON.parse(localStorage.getItem("pollcat:" + key));
	};
	// Was somebody here before, on the server that is in use?
	var isKnown = function () {
		var server = read("server") || location.origin.replace(/^http/, "ws");
		return Boolean(read(server + " token") || ((read(server + " person") || {}).older || []).length);
	};
	page.setAttribute("data-scene", "arrival");
	page.lang = /^zh/i.test(navigator.language) ? "zh" : "en";
	try {
		page.setAttribute("data-theme", read("theme") || "");
		page.lang = read("language") || page.lang;
		if (isKnown()) page.setAttribute("data-scene", "chat");
	} catch (error) {
		// Storage may be forbidden.
	}
	var words = {
		en: "The chat could not start. A part of it did not arrive: load the page again. " +
			"Or this browser is too old for it: it needs one of 2023 or later.",
		zh: "聊天室无法启动。可能有一部分没有下载完整，请刷新页面；也可能是浏览器太旧，请使用 2023 年以后的浏览器。"
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
