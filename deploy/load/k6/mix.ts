// What the five suites have in common: who calls, the mix of requests, and what counts as good.
//
//   50 %  POST /api/notify               one recipient, category "default"
//   20 %  POST /api/webhooks/email       a mail that a rule of its user turns into a notification
//    5 %  POST /api/webhooks/whatsapp    a signed delivery status
//   25 %  GET  lists                     notifications, their summary, rules
//
// The same mix is in artillery/mix.yml; bench/Load -- notify is the one that also checks every delivery.

import { check, fail } from "k6";
import { hmac } from "k6/crypto";
import exec from "k6/execution";
import http, { type RefinedResponse, type ResponseType } from "k6/http";
import type { Options } from "k6/options";

const edge = __ENV.EDGE ?? "http://localhost:5080";
const adminKey = __ENV.KEY ?? "sb_demo";
const whatsAppSecret = __ENV.WHATSAPP_SECRET ?? "demo-whatsapp-secret";

// a user may send 100 requests a second (RateLimits:Default): the load comes from as many as it needs
const users = Number(__ENV.USERS ?? 20);

// "plain" sends the form without preferences and templates: POST /api/notifications
const plain = (__ENV.NOTIFY ?? "") === "plain";

/** What a suite must keep to, whatever its load. */
export const thresholds: Options["thresholds"] = {
  http_req_duration: ["p(95)<500"],
  http_req_waiting: ["p(95)<200"], // the time to the first byte
  http_req_failed: ["rate<0.01"],
  checks: ["rate>0.99"],
};

/** Everything of a suite but its stages. Requests come at a rate, however slow the answers are. */
export function atRate(startRate: number, stages: { target: number; duration: string }[]): Options {
  const most = Math.max(startRate, ...stages.map((stage) => stage.target));
  return {
    thresholds,
    setupTimeout: "2m",
    scenarios: {
      mix: {
        executor: "ramping-arrival-rate",
        startRate,
        timeUnit: "1s",
        stages,
        preAllocatedVUs: Math.ceil(most / 10),
        maxVUs: most,
      },
    },
  };
}

interface User {
  key: string;
  domain: string;
}

/** The users of the run, each with a key and a rule for mail. */
export function setup(): User[] {
  const run = Date.now().toString(36);
  return Array.from({ length: users }, (_, index) => {
    const domain = `k6-${run}-${index}.test`;
    const user = created<{ id: string }>("/api/users", adminKey, { email: `load@${domain}`, name: `k6 ${run} ${index}` });
    const scopes = ["rules", "notifications", "mail"];
    const { key } = created<{ key: string }>("/api/api-keys", adminKey, { userId: user.id, name: "k6", scopes });
    created("/api/rules", key, {
      name: "Every mail",
      type: "sender",
      sender: { domains: [domain] },
      template: "{{subject}}",
      channel: "whatsapp",
      recipient: phone(index),
    });
    return { key, domain };
  });
}

/** One request of the mix. */
export default function (all: User[]): void {
  const number = exec.scenario.iterationInTest;
  const user = all[number % all.length];
  const share = Math.random() * 100;
  if (share < 50) notify(user, number);
  else if (share < 70) mail(user, number);
  else if (share < 75) deliveryStatus(number);
  else list(user, number);
}

function notify(user: User, number: number): void {
  const body = plain
    ? { channel: "whatsapp", recipient: phone(number), body: `Order ${number} is ready` }
    : {
        to: [{ email: `person-${number % 10_000}@${user.domain}` }],
        category: "default",
        content: { subject: `Order ${number}`, body: `Order ${number} is ready` },
      };
  is(202, post(plain ? "/api/notifications" : "/api/notify", user.key, body));
}

function mail(user: User, number: number): void {
  const body = {
    messageId: `<${exec.vu.idInTest}.${number}@${user.domain}>`,
    from: `shop@${user.domain}`,
    to: "me@example.com",
    subject: `Invoice ${number}`,
    text: "Please find the invoice attached.",
  };
  is(202, post("/api/webhooks/email", user.key, body));
}

function deliveryStatus(number: number): void {
  const status = { id: `wamid.k6-${number}`, status: "delivered", timestamp: `${Math.floor(Date.now() / 1000)}`, recipient_id: "15550100001" };
  const body = JSON.stringify({
    object: "whatsapp_business_account",
    entry: [{ id: "1", changes: [{ field: "messages", value: { messaging_product: "whatsapp", statuses: [status] } }] }],
  });
  const headers = { "Content-Type": "application/json", "X-Hub-Signature-256": `sha256=${hmac("sha256", whatsAppSecret, body, "hex")}` };
  is(200, http.post(`${edge}/api/webhooks/whatsapp`, body, { headers, tags: { name: "POST /api/webhooks/whatsapp" } }));
}

const lists = ["/api/notifications?limit=50", "/api/notifications/summary", "/api/rules?limit=50"];

function list(user: User, number: number): void {
  const path = lists[number % lists.length];
  const name = `GET ${path.split("?")[0]}`;
  is(200, http.get(edge + path, { headers: { Authorization: `Bearer ${user.key}` }, tags: { name } }));
}

function post(path: string, key: string, body: object): RefinedResponse<ResponseType | undefined> {
  const headers = { "Content-Type": "application/json", Authorization: `Bearer ${key}` };
  return http.post(edge + path, JSON.stringify(body), { headers, tags: { name: `POST ${path}` } });
}

function created<T>(path: string, key: string, body: object): T {
  const answer = post(path, key, body);
  if (answer.status !== 201) fail(`POST ${path} answered ${answer.status}: ${answer.body}`);
  return answer.json() as T;
}

function is(status: number, answer: RefinedResponse<ResponseType | undefined>): void {
  check(answer, { "the expected status": (it) => it.status === status });
}

function phone(number: number): string {
  return `+1555${String(1_000_000 + (number % 1_000_000)).padStart(7, "0")}`;
}
