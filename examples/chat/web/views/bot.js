/** The mark of who is a program. */

import { el } from "./dom.js";
import { say } from "./words.js";

export const botBadge = () => el("span.bot-badge", { title: say("botMeans") }, say("bot"));
