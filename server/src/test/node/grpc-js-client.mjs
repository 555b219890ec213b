// Talks to a running server with @grpc/grpc-js: node grpc-js-client.mjs HOST:PORT. Exits with 1 at the
// first answer that isn't as it should be.
import assert from "node:assert/strict";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import grpc from "@grpc/grpc-js";
import protoLoader from "@grpc/proto-loader";

const root = join(dirname(fileURLToPath(import.meta.url)), "../../../..");
const definition = protoLoader.loadSync(
  ["ingest", "query", "live", "system"].map((name) => `millrace/v1/${name}_service.proto`),
  {
    includeDirs: [join(root, "proto/src/main/proto"), join(root, "proto/target/imports")],
    keepCase: true,
    longs: Number,
    enums: String,
    defaults: true,
    oneofs: true,
  },
);
const { v1 } = grpc.loadPackageDefinition(definition).millrace;
const address = process.argv[2];
const credentials = grpc.credentials.createInsecure();
const ingest = new v1.IngestService(address, credentials);
const query = new v1.QueryService(address, credentials);
const live = new v1.LiveService(address, credentials);
const system = new v1.SystemService(address, credentials);
const project = `grpc-js-${process.pid}`;

const unary = (client, method, request) =>
  new Promise((resolve, reject) =>
    client[method](request, (error, response) => (error ? reject(error) : resolve(response))),
  );

// protobufjs brings google.protobuf.Struct along, with names in camel case whatever keepCase says.
const event = (i) => ({
  event_id: `e${i}`,
  type: i % 3 === 0 ? "purchase" : "page_view",
  user_id: `u${i % 10}`,
  time: { seconds: 1_700_000_000 + i, nanos: 0 },
  value: i,
  properties: {
    fields: {
      page: { stringValue: `/p${i % 5}` },
      geo: { structValue: { fields: { lat: { numberValue: i / 2 } } } },
      sizes: { listValue: { values: [{ numberValue: 1 }, { stringValue: "l" }] } },
    },
  },
});

async function streamsEventsOnce() {
  const totals = await new Promise((resolve, reject) => {
    const stream = ingest.StreamEvents((error, response) =>
      error ? reject(error) : resolve(response),
    );
    for (let batch = 0; batch < 10; batch++) {
      const events = Array.from({ length: 100 }, (_, i) => event(batch * 100 + i));
      stream.write({ project, events, producer_id: "js", epoch: 1, batch_number: batch + 1 });
    }
    stream.end();
  });
  assert.equal(totals.accepted, 1000);
  assert.equal(totals.duplicates, 0);
  const again = await unary(ingest, "IngestEvents", { project, events: [event(0), event(1)] });
  assert.equal(again.accepted, 0);
  assert.equal(again.duplicates, 2);
}

async function acknowledgesBatchesInOrder() {
  const stream = ingest.PublishEvents();
  const acknowledged = [];
  const ended = new Promise((resolve, reject) => {
    stream.on("data", (ack) => acknowledged.push(ack.batch_number));
    stream.on("end", resolve);
    stream.on("error", reject);
  });
  for (let batch = 1; batch <= 20; batch++) {
    const events = [{ type: "metric_update", user_id: "bot", value: batch }];
    stream.write({ project, events, producer_id: "js-publisher", epoch: 1, batch_number: batch });
  }
  stream.end();
  await ended;
  assert.deepEqual(
    acknowledged,
    Array.from({ length: 20 }, (_, i) => i + 1),
  );
}

async function refusesGaps() {
  const stream = ingest.PublishEvents();
  const error = await new Promise((resolve) => {
    stream.on("error", resolve);
    stream.on("data", () => {});
    stream.write({ project, events: [], producer_id: "js-publisher", epoch: 1, batch_number: 99 });
  });
  assert.equal(error.code, grpc.status.OUT_OF_RANGE);
  assert.match(error.details, /21/);
}

async function answersQueries() {
  const answer = await unary(query, "Query", {
    project,
    query: {
      measures: [
        { name: "events", aggregation: "COUNT" },
        { name: "revenue", aggregation: "SUM", field: "value" },
        { name: "users", aggregation: "UNIQUE", field: "user_id" },
      ],
      where: "type == 'purchase' && properties.geo.lat >= 0",
      group_by: ["properties.page"],
    },
  });
  const total = (name) => answer.rows.reduce((sum, row) => sum + row.values[name], 0);
  assert.equal(answer.rows.length, 5);
  assert.equal(total("events"), 334);
  assert.equal(total("revenue"), (333 * 334 * 3) / 2);
  assert.ok(answer.stats.position);
}

async function pagesThroughEvents() {
  const seen = new Set();
  let page_token = "";
  do {
    const page = await unary(query, "ListEvents", { project, page_size: 300, page_token });
    page.events.forEach((e) => seen.add(e.sequence + "/" + e.event_id));
    page_token = page.next_page_token;
  } while (page_token);
  assert.equal(seen.size, 1020);
}

async function namesTheFieldOfABadRequest() {
  const error = await unary(query, "Query", {
    project,
    query: { measures: [{ aggregation: "COUNT" }], where: "type ==" },
  }).catch((e) => e);
  assert.equal(error.code, grpc.status.INVALID_ARGUMENT);
  const details = error.metadata.get("grpc-status-details-bin")[0];
  assert.ok(details.includes("query.where"), "the details name query.where");
}

async function tailsEvents() {
  const stream = live.TailEvents({ project, where: "type == 'signup'" });
  const received = new Promise((resolve, reject) => {
    stream.on("data", (message) => message.events.length && resolve(message.events[0]));
    stream.on("error", reject);
  });
  // Sent until seen, since the tail starts with what is accepted after it was opened.
  const timer = setInterval(
    () => unary(ingest, "IngestEvents", { project, events: [{ type: "signup", user_id: "new" }] }),
    100,
  );
  const first = await received;
  clearInterval(timer);
  assert.equal(first.type, "signup");
  stream.on("error", () => {});
  stream.cancel();
}

async function subscribesToAQuery() {
  const stream = live.Subscribe({
    project,
    query: { measures: [{ name: "n", aggregation: "COUNT" }], where: "type == 'login'" },
    min_interval: { seconds: 0, nanos: 20_000_000 },
  });
  const counts = [];
  const done = new Promise((resolve, reject) => {
    stream.on("data", (message) => {
      if (message.update === "snapshot") {
        counts.push(message.snapshot.rows[0]?.values.n ?? 0);
        unary(ingest, "IngestEvents", { project, events: [{ type: "login", user_id: "a" }] });
      } else if (message.update === "delta") {
        counts.push(message.delta.upserted[0].values.n);
        assert.ok(message.position);
        resolve();
      }
    });
    stream.on("error", reject);
  });
  await done;
  assert.deepEqual(counts, [0, 1]);
  stream.on("error", () => {});
  stream.cancel();
}

async function givesStatistics() {
  const stats = await unary(system, "GetStats", { project });
  assert.ok(stats.events_accepted >= 1020);
}

for (const check of [
  streamsEventsOnce,
  acknowledgesBatchesInOrder,
  refusesGaps,
  answersQueries,
  pagesThroughEvents,
  namesTheFieldOfABadRequest,
  tailsEvents,
  subscribesToAQuery,
  givesStatistics,
]) {
  await check();
  console.log(`ok ${check.name}`);
}
process.exit(0);
