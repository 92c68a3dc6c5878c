/**
 * What the chat does, whatever it looks like: `app = { state, do, page }`.
 *
 *     state   all that changes                  views read it
 *     do      what people and servers cause     views call it: `app.do.speak(room, "hello")`
 *     page    what is asked of the page         `main.js` fills it in: `app.page.focusComposer()`
 *
 * Nothing here knows an element.
 */

import { Store } from "../model/store.js";
import { createState } from "../model/state.js";
import { Connection } from "../net/connection.js";
import { arriving } from "./arriving.js";
import { calling } from "./calling.js";
import { commanding } from "./commanding.js";
import { emoji } from "./emoji.js";
import { governing } from "./governing.js";
import { hearing } from "./hearing.js";
import { members } from "./members.js";
import { oneself } from "./oneself.js";
import { outside } from "./outside.js";
import { reading } from "./reading.js";
import { rooms } from "./rooms.js";
import { speaking } from "./speaking.js";

// `home` is the address of the page's own server. `browser`: `{ newId, takeTurn, letGo, now, bell, notify, … }`.
export function createApp({ home, kept, ofWindow, browser }) {
	const app = { do: {}, page: {}, browser };
	const url = kept.recall("server") ?? home;
	const store = new Store({
		arrived: (room, event) => app.do.arrived(room, event),
		left: (room, why) => app.do.wentOut(room, why),
		roomRenamed: (room, old) => app.do.roomRenamed(room, old),
		gap: () => connection.resume(),
		letGo: browser.letGo,
		now: browser.now,
		isHome: url === home,
	});
	const connection = new Connection({
		protocol: "chat.v1",
		changed: () => {
			if (connection.state === "ended") app.do.ended();
			app.do.draw();
		},
		heard: (object) => app.do.hear(object),
		refused: (error) => app.do.refused(error),
		hello: () => app.do.hello(),
		newId: browser.newId,
		inTurn: (work) => app.do.inTurn(work),
	});
	app.state = createState({ home, url, kept, ofWindow, store, connection });
	const parts = [
		arriving, calling, commanding, emoji, governing, hearing, members, oneself, outside, reading, rooms,
		speaking,
	];
	for (const part of parts) Object.assign(app.do, part(app));
	return app;
}
