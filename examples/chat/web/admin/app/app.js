/**
 * What the admin page does, whatever it looks like: `app = { state, do, page }`, as in the chat's page.
 *
 *     state   all that changes                  views read it
 *     do      what people and the server cause  views call it: `app.do.act({ type: "kick", user: 7 })`
 *     page    what is asked of the page         `main.js` fills it in: `app.page.showScene()`
 *
 * Nothing here knows an element.
 */

import { Connection } from "../../net/connection.js";
import { createState } from "../model/state.js";
import { acting } from "./acting.js";
import { hearing } from "./hearing.js";
import { lists } from "./lists.js";
import { session } from "./session.js";

// `url` is the address of the WebSocket. `browser`: `{ newId, now }`.
export function createApp({ url, kept, ofWindow, browser }) {
	const app = { do: {}, page: {}, browser };
	const connection = new Connection({
		protocol: "admin.v1",
		changed: () => app.do.changed(),
		heard: (object) => app.do.hear(object),
		refused: (error) => app.do.refused(error),
		hello: () => app.do.login(),
		newId: browser.newId,
		inTurn: (work) => work(),
	});
	app.state = createState({ url, kept, ofWindow, connection });
	for (const part of [acting, hearing, lists, session]) Object.assign(app.do, part(app));
	return app;
}
