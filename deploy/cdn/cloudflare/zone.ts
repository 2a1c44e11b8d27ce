// A zone of Cloudflare in front of the edge, as code. Each phase has one ruleset, which is replaced whole: what is not here is not there.
//
//   CLOUDFLARE_API_TOKEN=… CLOUDFLARE_ZONE_ID=… node zone.ts dry-run | apply | trusted
//
// `trusted` prints what Proxies:Trusted of the edge has to name.

import Cloudflare from "cloudflare";
import type { PhaseUpdateParams } from "cloudflare/resources/rulesets/phases";
import type { PhaseParam } from "cloudflare/resources/rulesets/rulesets";
import type * as Zone from "cloudflare/resources/zones/settings";

/** What files are: named by their content, the same for everybody. All else is somebody's own answer. */
const assets = 'starts_with(http.request.uri.path, "/assets/")';

const never = '(starts_with(http.request.uri.path, "/api") or starts_with(http.request.uri.path, "/webhooks") '
  + 'or starts_with(http.request.uri.path, "/health"))';

/** Providers call from few addresses, and sign what they send. */
const webhooks = '(starts_with(http.request.uri.path, "/api/webhooks/") or starts_with(http.request.uri.path, "/api/sms/") '
  + 'or starts_with(http.request.uri.path, "/webhooks/"))';

type Setting<T extends { id: string; value: unknown }> = Pick<T, "id" | "value">;

const settings: (
  | Setting<Zone.MinTLSVersion> | Setting<Zone.TLS1_3> | Setting<Zone.ZeroRTT> | Setting<Zone.HTTP3> | Setting<Zone.Websocket>
  | { id: "ssl"; value: "off" | "flexible" | "full" | "strict" }
  | { id: "always_use_https"; value: "on" | "off" }
)[] = [
  { id: "ssl", value: "strict" }, // the edge's own certificate is checked too
  { id: "min_tls_version", value: "1.2" },
  { id: "tls_1_3", value: "on" },
  { id: "0rtt", value: "off" }, // what is sent early can be sent again by others
  { id: "always_use_https", value: "on" },
  { id: "http3", value: "on" },
  { id: "websockets", value: "on" },
];

const rulesets: Partial<Record<PhaseParam, NonNullable<PhaseUpdateParams["rules"]>>> = {
  // later rules win
  http_request_cache_settings: [
    {
      action: "set_cache_settings",
      description: "By itself Cloudflare would keep whatever has the name of a file (/api/media/….png): nothing is kept",
      expression: "true",
      action_parameters: { cache: false },
    },
    {
      action: "set_cache_settings",
      description: "but assets, for as long as the edge says",
      expression: assets,
      action_parameters: {
        cache: true,
        edge_ttl: { mode: "bypass_by_default" },
        browser_ttl: { mode: "respect_origin" },
        origin_error_page_passthru: true,
      },
    },
    {
      action: "set_cache_settings",
      description: "and never, whatever stands above, what is one user's or says how it is",
      expression: never,
      action_parameters: { cache: false },
    },
  ],

  http_ratelimit: [
    {
      action: "block",
      description: "Of an address, twice what the edge grants a user in a minute (RateLimits:Default)",
      expression: `(not ${webhooks} and not ${assets})`,
      ratelimit: { characteristics: ["ip.src", "cf.colo.id"], period: 60, requests_per_period: 12_000, mitigation_timeout: 60 },
      action_parameters: {
        response: {
          status_code: 429,
          content_type: "application/json",
          content: JSON.stringify({ type: "urn:switchboard:problem:too-many-requests", title: "Too Many Requests", status: 429 }),
        },
      },
    },
  ],

  // X-Forwarded-For and -Proto are Cloudflare's own: it adds who asks to the first and sets the second
  http_request_late_transform: [
    {
      action: "rewrite",
      description: "The edge believes a trusted proxy which host was asked for: callers do not say it",
      expression: "true",
      action_parameters: { headers: { "X-Forwarded-Host": { operation: "remove" } } },
    },
  ],

  http_response_compression: [
    {
      action: "compress_response",
      description: "What the edge or the list of types compresses",
      expression: "true",
      action_parameters: { algorithms: [{ name: "zstd" }, { name: "brotli" }, { name: "gzip" }] },
    },
    {
      action: "compress_response",
      description: "but not what a change answers: it may show a secret once, whose length would tell of it (BREACH)",
      expression: '(http.request.method ne "GET")',
      action_parameters: { algorithms: [{ name: "none" }] },
    },
  ],
};

async function apply(dryRun: boolean): Promise<void> {
  const zone = { zone_id: required("CLOUDFLARE_ZONE_ID") };
  for (const [phase, rules] of Object.entries(rulesets) as [PhaseParam, NonNullable<PhaseUpdateParams["rules"]>][]) {
    await client.rulesets.phases.update(phase, { ...zone, dry_run: dryRun, description: "Switchboard: deploy/cdn/cloudflare", rules });
    console.log(`${phase}: ${rules.length} rules${dryRun ? " would be taken" : ""}`);
  }

  for (const { id, value } of dryRun ? [] : settings) {
    await client.zones.settings.edit(id, { ...zone, value });
    console.log(`${id}: ${value}`);
  }
}

async function trusted(): Promise<void> {
  const ips = await client.ips.list();
  if (!("ipv4_cidrs" in ips)) throw new Error("Cloudflare named no addresses.");
  console.log([...(ips.ipv4_cidrs ?? []), ...(ips.ipv6_cidrs ?? [])].join(","));
}

function required(name: string): string {
  const value = process.env[name];
  if (!value) throw new Error(`Set ${name}.`);
  return value;
}

const client = new Cloudflare({ apiToken: required("CLOUDFLARE_API_TOKEN") });
const command = process.argv[2];
if (command === "trusted") await trusted();
else if (command === "apply" || command === "dry-run") await apply(command === "dry-run");
else throw new Error("usage: node zone.ts dry-run | apply | trusted");
