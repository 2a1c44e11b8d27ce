// @ts-check
// What the requests of mix.yml carry. The same users, bodies and shares as in ../k6/mix.ts.

import { createHmac } from "node:crypto";

const edge = process.env.EDGE ?? "http://localhost:5080";
const adminKey = process.env.KEY ?? "sb_demo";
const whatsAppSecret = process.env.WHATSAPP_SECRET ?? "demo-whatsapp-secret";
const userCount = Number(process.env.USERS ?? 20);
const plain = process.env.NOTIFY === "plain";

/** @typedef {{ key: string, domain: string }} User */
/** @typedef {{ vars: { users: User[] } }} Context */
/** @typedef {{ json?: object, body?: string, headers: Record<string, string>, url: string }} Request */

let last = 0;

/**
 * Once a run: the users, each with a key and a rule for mail.
 * @param {Context} context
 */
export async function createUsers(context) {
  const run = Date.now().toString(36);
  context.vars.users = [];
  for (let index = 0; index < userCount; index++) {
    const domain = `artillery-${run}-${index}.test`;
    const user = await create("/api/users", adminKey, { email: `load@${domain}`, name: `Artillery ${run} ${index}` });
    const scopes = ["rules", "notifications", "mail"];
    const { key } = await create("/api/api-keys", adminKey, { userId: user.id, name: "artillery", scopes });
    await create("/api/rules", key, {
      name: "Every mail",
      type: "sender",
      sender: { domains: [domain] },
      template: "{{subject}}",
      channel: "whatsapp",
      recipient: phone(index),
    });
    context.vars.users.push({ key, domain });
  }
}

/**
 * @param {Request} request
 * @param {Context} context
 */
export async function notification(request, context) {
  const { user, number } = next(request, context);
  request.url = edge + (plain ? "/api/notifications" : "/api/notify");
  request.json = plain
    ? { channel: "whatsapp", recipient: phone(number), body: `Order ${number} is ready` }
    : {
        to: [{ email: `person-${number % 10_000}@${user.domain}` }],
        category: "default",
        content: { subject: `Order ${number}`, body: `Order ${number} is ready` },
      };
}

/**
 * @param {Request} request
 * @param {Context} context
 */
export async function mail(request, context) {
  const { user, number } = next(request, context);
  request.json = {
    messageId: `<${process.pid}.${number}.${Date.now()}@${user.domain}>`,
    from: `shop@${user.domain}`,
    to: "me@example.com",
    subject: `Invoice ${number}`,
    text: "Please find the invoice attached.",
  };
}

/** @param {Request} request */
export async function deliveryStatus(request) {
  const number = ++last;
  const status = {
    id: `wamid.artillery-${number}`, status: "delivered", timestamp: `${Math.floor(Date.now() / 1000)}`, recipient_id: "15550100001",
  };
  request.body = JSON.stringify({
    object: "whatsapp_business_account",
    entry: [{ id: "1", changes: [{ field: "messages", value: { messaging_product: "whatsapp", statuses: [status] } }] }],
  });
  request.headers = {
    ...request.headers,
    "content-type": "application/json",
    "x-hub-signature-256": `sha256=${createHmac("sha256", whatsAppSecret).update(request.body).digest("hex")}`,
  };
}

const lists = ["/api/notifications?limit=50", "/api/notifications/summary", "/api/rules?limit=50"];

/**
 * @param {Request} request
 * @param {Context} context
 */
export async function list(request, context) {
  const { number } = next(request, context);
  request.url = edge + lists[number % lists.length];
}

/**
 * @param {Request} request
 * @param {Context} context
 */
function next(request, context) {
  const number = ++last;
  const user = context.vars.users[number % context.vars.users.length];
  request.headers = { ...request.headers, authorization: `Bearer ${user.key}` };
  return { user, number };
}

/**
 * @param {string} path
 * @param {string} key
 * @param {object} body
 * @returns {Promise<{ id: string, key: string }>}
 */
async function create(path, key, body) {
  const answer = await fetch(edge + path, {
    method: "POST",
    headers: { "content-type": "application/json", authorization: `Bearer ${key}` },
    body: JSON.stringify(body),
  });
  const text = await answer.text();
  if (answer.status !== 201) throw new Error(`POST ${path} answered ${answer.status}: ${text}`);
  return JSON.parse(text);
}

/** @param {number} number */
function phone(number) {
  return `+1555${String(1_000_000 + (number % 1_000_000)).padStart(7, "0")}`;
}
