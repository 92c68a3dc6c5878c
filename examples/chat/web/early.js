// Before the first paint, so that nothing flashes: the remembered theme and language. And a word where the page does
// not come to life: in a browser that is too old for its modules, or if one of them did not arrive. So this is written
// as of old.
(function () {
	var page = document.documentElement;
	var read = function (key) {
		return JSON.parse(localStorage.getItem("pollcat:" + key));
	};
	page.lang = /^zh/i.test(navigator.language) ? "zh" : "en";
	try {
		page.setAttribute("data-theme", read("theme") || "");
		page.lang = read("language") || page.lang;
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
		var line = document.createElement("p");
		line.className = "plain";
		line.setAttribute("role", "alert");
		line.textContent = words[page.lang] || words.en;
		document.body.insertBefore(line, document.body.firstChild);
	});
})();
