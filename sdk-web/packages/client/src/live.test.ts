import { create, type MessageInitShape } from "@bufbuild/protobuf";
import { Code, ConnectError, createRouterTransport } from "@connectrpc/connect";
import { expect, test, vi } from "vitest";
import { createClient } from "./client.js";
import { RetryInfoSchema } from "./gen/google/rpc/error_details_pb.js";
import { LiveService, type SubscribeResponseSchema } from "./gen/millrace/v1/live_service_pb.js";
import { subscribe, tailEvents } from "./live.js";
import { count, query } from "./query.js";

const BACKOFF = { initialMs: 1, maxMs: 2 };
const SPEC = query({ measures: { events: count() }, groupBy: ["type"], orderBy: ["-events"] });

/** Numbers that look random and are the same each time (mulberry32, by Tommy Ettinger). */
function randomFrom(seed: number): (bound: number) => number {
  let state = seed;
  return (bound) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) % bound;
  };
}

type Updates = AsyncGenerator<MessageInitShape<typeof SubscribeResponseSchema>>;
type Figures = ReadonlyMap<string, number>;

/** Answers, each with some rows more, less or other than the one before. */
function versions(random: (bound: number) => number): Figures[] {
  const all: Figures[] = [new Map()];
  for (let i = 1; i <= 40; i++) {
    const figures = new Map(all[i - 1]);
    for (let change = 0; change < 3; change++) {
      const type = `t${random(8)}`;
      if (random(4) === 0) {
        figures.delete(type);
      } else {
        figures.set(type, random(5));
      }
    }
    all.push(figures);
  }
  return all;
}

const rowOf = ([type, events]: readonly [string, number]) => ({
  dimensions: { type: { kind: { case: "stringValue" as const, value: type } } },
  values: { events },
});

function changes(before: Figures, after: Figures) {
  return {
    upserted: [...after].filter(([type, events]) => before.get(type) !== events).map(rowOf),
    removed: [...before.keys()].filter((type) => !after.has(type)).map((type) => rowOf([type, 0])),
  };
}

/** The rows as the server would order them. */
function inOrder(figures: Figures) {
  return [...figures].sort(([a, x], [b, y]) => y - x || (a < b ? -1 : 1));
}

test.each(Array.from({ length: 12 }, (_, seed) => seed))(
  "every state of a subscription that is cut again and again is the server's (seed %i)",
  async (seed) => {
    const random = randomFrom(seed);
    const answers = versions(random);
    let connections = 0;
    const transport = createRouterTransport(({ service }) => {
      service(LiveService, {
        async *subscribe({ resumePosition }): Updates {
          await Promise.resolve();
          connections++;
          let known = resumePosition === "" || random(4) === 0 ? -1 : Number(resumePosition);
          for (;;) {
            if (random(4) === 0) {
              if (random(2) === 0) {
                return;
              }
              throw new ConnectError("cut", Code.Unavailable);
            }
            const next = Math.min(answers.length - 1, Math.max(known, 0) + random(3));
            const figures = answers[next] as Figures;
            const position = String(next);
            if (known < 0) {
              const reset = resumePosition !== "";
              yield {
                position,
                update: { case: "snapshot", value: { rows: [...figures].map(rowOf), reset } },
              };
            } else if (next === known) {
              yield { position, update: { case: "heartbeat", value: {} } };
            } else {
              const value = changes(answers[known] as Figures, figures);
              yield { position, update: { case: "delta", value } };
            }
            known = next;
          }
        },
      });
    });
    for await (const { rows, position } of subscribe(createClient({ transport }), SPEC, {
      backoff: BACKOFF,
    })) {
      const figures = rows.map(({ dimensions, values }) => [dimensions.type, values.events]);
      expect(figures).toEqual(inOrder(answers[Number(position)] as Figures));
      if (Number(position) === answers.length - 1) {
        break;
      }
    }
    expect(connections).toBeGreaterThan(0);
  },
);

test.each(Array.from({ length: 10 }, (_, seed) => seed))(
  "a tail that is cut again and again has every event once and in order (seed %i)",
  async (seed) => {
    const random = randomFrom(seed);
    const transport = createRouterTransport(({ service }) => {
      service(LiveService, {
        async *tailEvents({ resumePosition }) {
          await Promise.resolve();
          for (let at = Number(resumePosition || "0"); ;) {
            if (random(4) === 0) {
              throw new ConnectError("cut", Code.Unavailable);
            }
            const events = Array.from({ length: random(4) }, (_, i) => ({ eventId: String(at + i) }));
            at += events.length;
            yield { events, position: String(at) };
          }
        },
      });
    });
    const ids: string[] = [];
    for await (const { events } of tailEvents(createClient({ transport }), { backoff: BACKOFF })) {
      ids.push(...events.map(({ eventId }) => eventId));
      if (ids.length > 100) {
        break;
      }
    }
    expect(ids).toEqual(ids.map((_, i) => String(i)));
  },
);

test("a subscription waits as long as the server asks, and tells so", async () => {
  let calls = 0;
  const transport = createRouterTransport(({ service }) => {
    service(LiveService, {
      async *subscribe(): Updates {
        await Promise.resolve();
        if (calls++ === 0) {
          const value = create(RetryInfoSchema, { retryDelay: { nanos: 30_000_000 } });
          throw new ConnectError("busy", Code.ResourceExhausted, undefined, [
            { desc: RetryInfoSchema, value },
          ]);
        }
        yield { update: { case: "announcement", value: { message: "hello" } } };
        yield { position: "1", update: { case: "snapshot", value: {} } };
      },
    });
  });
  const waits: number[] = [];
  const messages: string[] = [];
  const states = subscribe(createClient({ transport }), SPEC, {
    backoff: BACKOFF,
    onDisconnect: (_, waitMs) => waits.push(waitMs),
    onAnnouncement: ({ message }) => messages.push(message),
  });
  const { value } = await states.next();
  await states.return();
  expect(value).toMatchObject({ rows: [], position: "1" });
  expect(waits).toEqual([30]);
  expect(messages).toEqual(["hello"]);
});

test("what the server refuses for good ends a subscription, as its signal does", async () => {
  const transport = createRouterTransport(({ service }) => {
    service(LiveService, {
      async *subscribe({ query: asked }, { signal }): Updates {
        if (asked?.where === "bad") {
          throw new ConnectError("no", Code.InvalidArgument);
        }
        yield { position: "1", update: { case: "snapshot", value: {} } };
        await new Promise((resolve) => signal.addEventListener("abort", resolve));
      },
    });
  });
  const client = createClient({ transport });
  const bad = query({ measures: { events: count() }, where: "bad" });
  await expect(subscribe(client, bad).next()).rejects.toThrow("no");
  const stop = new AbortController();
  let states = 0;
  for await (const state of subscribe(client, SPEC, { signal: stop.signal })) {
    expect(state.position).toBe("1");
    states++;
    queueMicrotask(() => stop.abort());
  }
  expect(states).toBe(1);
});

test("a server that falls silent is left for another try", async () => {
  vi.useFakeTimers();
  try {
    let calls = 0;
    const transport = createRouterTransport(({ service }) => {
      service(LiveService, {
        async *subscribe(_, { signal }): Updates {
          if (calls++ === 0) {
            await new Promise((resolve) => signal.addEventListener("abort", resolve));
          }
          yield { position: "1", update: { case: "snapshot", value: {} } };
        },
      });
    });
    const failures: string[] = [];
    const states = subscribe(createClient({ transport }), SPEC, {
      backoff: BACKOFF,
      onDisconnect: ({ rawMessage }) => failures.push(rawMessage),
    });
    const first = states.next();
    await vi.advanceTimersByTimeAsync(31_000);
    expect((await first).value).toMatchObject({ position: "1" });
    expect(failures).toEqual(["the server is silent"]);
    await states.return();
  } finally {
    vi.useRealTimers();
  }
});
