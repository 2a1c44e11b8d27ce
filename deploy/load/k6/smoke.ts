// Does it work at all? One caller for half a minute. Before every other suite, and after each deployment.
//
//   k6 run deploy/load/k6/smoke.ts

import { thresholds } from "./mix.ts";

export { default, setup } from "./mix.ts";

export const options = { thresholds, setupTimeout: "2m", vus: 1, duration: "30s" };
