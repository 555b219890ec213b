import { create } from "@bufbuild/protobuf";
import { Code, ConnectError, createRouterTransport } from "@connectrpc/connect";
import { expect, test } from "vitest";
import { createClient, runQuery, sendEvents } from "./client.js";
import { fieldViolations, isRetryable, retryDelayMs } from "./errors.js";
import { BadRequestSchema, RetryInfoSchema } from "./gen/google/rpc/error_details_pb.js";
import { IngestService, type IngestEventsRequest } from "./gen/millrace/v1/ingest_service_pb.js";
import { QueryService, type QueryRequest } from "./gen/millrace/v1/query_service_pb.js";
import { count, last, query, sum } from "./query.js";
import { uuidV7 } from "./uuid.js";

test("a question is sent as written and its rows are typed by it", async () => {
  let asked: QueryRequest | undefined;
  const transport = createRouterTransport(({ service }) => {
    service(QueryService, {
      query(request) {
        asked = request;
        return {
          rows: [{ values: { revenue: 12.5, buyers: 2 }, texts: { page: "/x" } }],
          stats: { position: "p1" },
        };
      },
    });
  });
  const spec = query({
    measures: { revenue: sum("value"), buyers: count(), page: last("properties.page") },
    groupBy: ["properties.category"],
    orderBy: ["-revenue"],
    range: "24h",
    bucket: "1h",
  });
  const answer = await runQuery(createClient({ transport }), spec, { minPosition: "p0" });
  const [row] = answer.rows;
  const revenue: number | undefined = row?.values.revenue;
  expect(revenue).toBe(12.5);
  expect(row?.values.page).toBe("/x");
  expect(row?.dimensions["properties.category"]).toBeNull();
  expect(answer.position).toBe("p1");
  expect(asked?.minPosition).toBe("p0");
  expect(asked?.query?.measures.map(({ name }) => name)).toEqual(["revenue", "buyers", "page"]);
  expect(asked?.query?.orderBy[0]).toMatchObject({ by: "revenue", descending: true });
  expect(asked?.query?.range?.last).toBe("24h");
  expect(asked?.query?.bucket?.every).toBe("1h");
});

test("sent events have ids and times", async () => {
  let sent: IngestEventsRequest | undefined;
  const transport = createRouterTransport(({ service }) => {
    service(IngestService, {
      ingestEvents(request) {
        sent = request;
        return { accepted: 1n };
      },
    });
  });
  const reply = await sendEvents(createClient({ transport }), [{ type: "login", properties: { a: [1] } }]);
  expect(reply.accepted).toBe(1n);
  expect(sent?.events[0]?.eventId).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7/);
  expect(sent?.events[0]?.time).toBeDefined();
  expect(sent?.events[0]?.properties).toEqual({ a: [1] });
});

test("errors tell whether and when to try again, and what is wrong", () => {
  const busy = new ConnectError("busy", Code.ResourceExhausted, undefined, [
    { desc: RetryInfoSchema, value: create(RetryInfoSchema, { retryDelay: { nanos: 250_000_000 } }) },
  ]);
  expect(isRetryable(busy)).toBe(true);
  expect(retryDelayMs(busy)).toBe(250);
  const wrong = new ConnectError("wrong", Code.InvalidArgument, undefined, [
    {
      desc: BadRequestSchema,
      value: create(BadRequestSchema, { fieldViolations: [{ field: "query.where", description: "no" }] }),
    },
  ]);
  expect(isRetryable(wrong)).toBe(false);
  expect(fieldViolations(wrong)).toEqual([{ field: "query.where", description: "no" }]);
});

test("ids ascend with time", () => {
  expect(uuidV7(1_000) < uuidV7(2_000)).toBe(true);
});
