// How much is too much? Steps of RATE requests a second (100) up to eight times that, three minutes each. The thresholds say at which
// step it broke: beyond it the edge is to refuse with 429 or 503 and to recover, and nothing that was accepted may be lost.
//
//   k6 run -e RATE=200 -e USERS=40 deploy/load/k6/stress.ts

import { atRate } from "./mix.ts";

export { default, setup } from "./mix.ts";

const rate = Number(__ENV.RATE ?? 100);

export const options = atRate(1, [
  ...[1, 2, 4, 8].flatMap((step) => [
    { target: rate * step, duration: "30s" },
    { target: rate * step, duration: "3m" },
  ]),
  { target: 1, duration: "2m" },
]);
