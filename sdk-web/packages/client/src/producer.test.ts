import { Code, ConnectError, createRouterTransport } from "@connectrpc/connect";
import { expect, test } from "vitest";
import { createClient } from "./client.js";
import { IngestService, type IngestEventsRequest } from "./gen/millrace/v1/ingest_service_pb.js";
import { createProducer } from "./producer.js";

const BACKOFF = { initialMs: 1, maxMs: 2 };

/** A server that de-duplicates by batch number only, and does as `fate` says before and after storing. */
function lyingServer(fate: (request: IngestEventsRequest, when: "before" | "after") => void) {
  const stored: string[] = [];
  const sizes: number[] = [];
  let [epoch, last] = [0n, 0n];
  const transport = createRouterTransport(({ service }) => {
    service(IngestService, {
      ingestEvents(request) {
        fate(request, "before");
        if (request.epoch > epoch) {
          [epoch, last] = [request.epoch, 0n];
        }
        if (request.batchNumber > last + 1n) {
          throw new ConnectError("gap", Code.OutOfRange);
        }
        if (request.batchNumber === last + 1n) {
          last++;
          sizes.push(request.events.length);
          stored.push(...request.events.map(({ type }) => type));
        }
        fate(request, "after");
        return {};
      },
    });
  });
  return { client: createClient({ transport }), stored, sizes };
}

test("every event is stored once and in order, though answers are lost and calls refused", async () => {
  let calls = 0;
  const { client, stored, sizes } = lyingServer(() => {
    if (calls++ % 3 === 1) {
      throw new ConnectError("lost", Code.Unavailable);
    }
  });
  const producer = createProducer(client, { batchEvents: 7, backoff: BACKOFF, maxBytes: 2_000 });
  const types = Array.from({ length: 200 }, (_, i) => `t${i}`);
  for (const type of types) {
    await producer.send({ type });
  }
  await producer.close();
  expect(stored).toEqual(types);
  expect(Math.max(...sizes)).toBeLessThanOrEqual(7);
  await expect(producer.send({ type: "late" })).rejects.toThrow("closed");
});

test("a batch that fails for good is handed back, and the next ones are stored", async () => {
  const { client, stored } = lyingServer((request, when) => {
    if (when === "after" && request.events[0]?.type === "bad") {
      throw new ConnectError("no", Code.Internal);
    }
  });
  const failed: string[] = [];
  const producer = createProducer(client, {
    batchEvents: 1,
    backoff: BACKOFF,
    onFailed: (_, events) => failed.push(...events.map(({ type }) => type)),
  });
  for (const type of ["a", "bad", "b", "c"]) {
    await producer.send({ type });
  }
  await producer.flush();
  expect(failed).toEqual(["bad"]);
  // It was stored, against what the answer says; so `b` must not go under its number.
  expect(stored).toEqual(["a", "bad", "b", "c"]);
});

test("sending waits while as much as allowed is held, and an abort hands it back", async () => {
  const { client } = lyingServer(() => {
    throw new ConnectError("down", Code.Unavailable);
  });
  const stop = new AbortController();
  let failed = 0;
  const producer = createProducer(client, {
    maxBytes: 500,
    lingerMs: 0,
    backoff: BACKOFF,
    signal: stop.signal,
    onFailed: (_, events) => (failed += events.length),
  });
  let taken = 0;
  const sending = Array.from({ length: 50 }, () => producer.send({ type: "t" }).then(() => taken++));
  await new Promise((resolve) => setTimeout(resolve, 20));
  expect(taken).toBeGreaterThan(0);
  expect(taken).toBeLessThan(20);
  stop.abort();
  await Promise.all(sending);
  await producer.close();
  expect(failed).toBe(50);
});
