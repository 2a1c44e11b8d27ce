// A busy day: up to RATE requests a second (100), held for ten minutes.
//
//   k6 run -e RATE=200 deploy/load/k6/load.ts

import { atRate } from "./mix.ts";

export { default, setup } from "./mix.ts";

const rate = Number(__ENV.RATE ?? 100);

export const options = atRate(1, [
  { target: rate, duration: "2m" },
  { target: rate, duration: "10m" },
  { target: 1, duration: "1m" },
]);
