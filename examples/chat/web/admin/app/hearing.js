/** What the server tells by itself, and what follows from it. */

// So many changes within so many milliseconds are looked at once.
const SOON = 300;

export function hearing(app) {
	const { state } = app;
	let later = 0;

	function hear(object) {
		FOLLOWS[object.type]?.(object);
		app.do.draw();
	}

	const FOLLOWS = {
		welcome: (welcome) => app.do.welcomed(welcome),
		figures: (figures) => state.figures.take(figures),
		door: ({ door }) => (state.door = door),
		announcement: ({ type, ...announcement }) => (state.announcement = announcement.msg ? announcement : undefined),
		reported: () => again("reports"),
		bot: () => again("bots"),
		target: () => again("targets"),
		settled: ({ report }) => state.lists.reports.remove(report),
		acted: ({ act, acted, ...rest }) => noticed(typeof act === "object" ? act : acted ?? { act, ...rest }),
	};

	function again(name) {
		if (state.lists[name].state !== "new") app.do.refresh(name);
	}

	// Somebody has done something: here, on another admin page, or in the chat.
	function noticed(act) {
		state.lists.acts.putFirst(act);
		clearTimeout(later);
		later = setTimeout(() => {
			if (state.section !== "acts" && state.lists[state.section]) app.do.refresh(state.section);
			state.sheet?.refresh();
		}, SOON);
	}

	return { hear };
}
