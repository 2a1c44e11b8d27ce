// Everybody at once: ten times RATE (50) within ten seconds, for a minute, and back. What comes after the spike counts as much.
//
//   k6 run -e RATE=100 deploy/load/k6/spike.ts

import { atRate } from "./mix.ts";

export { default, setup } from "./mix.ts";

const rate = Number(__ENV.RATE ?? 50);

export const options = atRate(rate, [
  { target: rate, duration: "1m" },
  { target: rate * 10, duration: "10s" },
  { target: rate * 10, duration: "1m" },
  { target: rate, duration: "10s" },
  { target: rate, duration: "3m" },
]);
