/** What an address is of to which something goes out: whose software it is, and what that needs. Pure. */

// How each is called; those of phones come first.
const NAMES = {
	ntfy: "ntfy", bark: "Bark", gotify: "Gotify", wecom: "企业微信 WeCom", dingtalk: "钉钉 DingTalk",
	feishu: "飞书 Feishu", slack: "Slack, Mattermost", discord: "Discord", webhook: "Webhook",
};
const EXAMPLES = { ntfy: "https://ntfy.sh/TOPIC", bark: "https://api.day.app/KEY" };
// Gotify's address says nothing without a token; these may have a secret as well.
const SECRETS = { gotify: "must", ntfy: "may", dingtalk: "may", feishu: "may", webhook: "may" };

// How much a target is told.
export const DISCLOSURES = ["nothing", "sender", "text"];

export const isShape = (word) => Object.hasOwn(NAMES, word);
export const nameOfShape = (shape) => NAMES[shape] ?? shape;
export const exampleOf = (shape) => EXAMPLES[shape] ?? "https://…";
// "must", "may", or none.
export const secretOf = (shape) => SECRETS[shape];

// The shapes that may be chosen: all, where any address may be; else those that the chat has named.
export const shapesFor = (isFree, allowed = []) =>
	Object.keys(NAMES).filter((shape) => isFree || allowed.includes(shape));
