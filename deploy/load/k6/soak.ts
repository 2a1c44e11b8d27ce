// What only time shows (memory, connections, tables that grow): RATE requests a second (50) for HOURS (4). Watch the dashboards
// Infrastructure and Database meanwhile.
//
//   k6 run -e HOURS=12 deploy/load/k6/soak.ts

import { atRate } from "./mix.ts";

export { default, setup } from "./mix.ts";

const rate = Number(__ENV.RATE ?? 50);
const hours = Number(__ENV.HOURS ?? 4);

export const options = atRate(1, [
  { target: rate, duration: "5m" },
  { target: rate, duration: `${hours}h` },
  { target: 1, duration: "5m" },
]);
