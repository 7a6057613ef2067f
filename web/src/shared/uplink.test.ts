import { expect, it } from "vitest";
import { ApiError } from "./api.ts";
import { Uplink } from "./uplink.ts";

interface Sent {
  stream: string;
  seq: number;
  length: number;
  done: (error?: Error) => void;
}

function line() {
  const sent: Sent[] = [];
  const waits: number[] = [];
  const refused: ApiError[] = [];
  let streams = 0;
  const uplink = new Uplink({
    post: (stream, seq, slice) =>
      new Promise((resolve, reject) => {
        const done = (error?: Error) => (error ? reject(error) : resolve());
        sent.push({ stream, seq, length: slice.length, done });
      }),
    newStream: () => `s${streams++}`,
    sleep: async (ms) => void waits.push(ms),
    onRefused: (error) => refused.push(error),
  });
  return { uplink, sent, waits, refused };
}

const slice = () => new Int16Array(3_200);
const rest = () => new Promise((resolve) => setTimeout(resolve, 0));

it("no more than three slices are under way, and what waits goes in one larger body", async () => {
  const { uplink, sent } = line();
  for (let i = 0; i < 6; i++) uplink.push(slice());
  expect(sent.map((one) => one.seq)).toEqual([0, 1, 2]);
  sent[0]?.done();
  await rest();
  expect(sent[3]).toMatchObject({ seq: 3, length: 9_600 });
});

it("a slice that fails is sent again under its own number, later and later", async () => {
  const { uplink, sent, waits } = line();
  uplink.push(slice());
  sent[0]?.done(new TypeError("offline"));
  await rest();
  sent[1]?.done(new ApiError(503, "busy", "later"));
  await rest();
  expect(sent.map((one) => one.seq)).toEqual([0, 0, 0]);
  expect(waits).toEqual([200, 400]);
});

it("a 429 is waited for as long as it asks", async () => {
  const { uplink, sent, waits } = line();
  uplink.push(slice());
  sent[0]?.done(new ApiError(429, "busy", "wait", 3_000));
  await rest();
  expect(waits).toEqual([3_000]);
});

it("a restarted server that misses the beginning gets a new stream from zero", async () => {
  const { uplink, sent } = line();
  for (let i = 0; i < 2; i++) uplink.push(slice());
  sent[0]?.done();
  sent[1]?.done(new ApiError(409, "conflict", "slice 0 is missing"));
  await rest();
  uplink.push(slice());
  expect(sent[2]).toMatchObject({ stream: "s1", seq: 0 });
});

it("a server that cannot hear is believed at once", async () => {
  const { uplink, sent, refused } = line();
  uplink.push(slice());
  sent[0]?.done(new ApiError(409, "conflict", "nothing here can hear"));
  await rest();
  uplink.push(slice());
  expect(refused).toHaveLength(1);
  expect(sent).toHaveLength(1);
});

it("is settled when everything has arrived", async () => {
  const { uplink, sent } = line();
  uplink.push(slice());
  let isSettled = false;
  void uplink.settled().then(() => {
    isSettled = true;
  });
  await rest();
  expect(isSettled).toBe(false);
  sent[0]?.done();
  await rest();
  expect(isSettled).toBe(true);
});
