import { createClient as createServiceClient, type Client, type Transport } from "@connectrpc/connect";
import { toEvent, type EventInput } from "./events.js";
import { IngestService, type IngestEventsResponse } from "./gen/millrace/v1/ingest_service_pb.js";
import { LiveService } from "./gen/millrace/v1/live_service_pb.js";
import { QueryService, type QueryResponse } from "./gen/millrace/v1/query_service_pb.js";
import { SystemService } from "./gen/millrace/v1/system_service_pb.js";
import { toAnswer, type Answer, type Measures, type QuerySpec } from "./query.js";
import { createTransport, type TransportOptions } from "./transport.js";

/** The services of a server, each method typed by the contract. */
export interface MillraceClient {
  readonly ingest: Client<typeof IngestService>;
  readonly query: Client<typeof QueryService>;
  readonly live: Client<typeof LiveService>;
  readonly system: Client<typeof SystemService>;
}

/** Makes a client. Does no I/O; a client holds nothing that would have to be closed. */
export function createClient(
  options: TransportOptions | { readonly transport: Transport } = {},
): MillraceClient {
  const transport = "transport" in options ? options.transport : createTransport(options);
  return {
    ingest: createServiceClient(IngestService, transport),
    query: createServiceClient(QueryService, transport),
    live: createServiceClient(LiveService, transport),
    system: createServiceClient(SystemService, transport),
  };
}

/** Options of a single call. */
export interface CallOptions {
  /** Ends the call. */
  readonly signal?: AbortSignal;
  /** A position that the answer must include, from an acknowledgement or an answer. */
  readonly minPosition?: string;
  /** Answers as it was at this position. */
  readonly asOfPosition?: string;
}

/**
 * Asks a question. Rows are typed by the question's measures and groups.
 *
 * @throws ConnectError what the server refuses; `fieldViolations` names the fields
 */
export async function runQuery<M extends Measures, G extends string>(
  client: MillraceClient,
  spec: QuerySpec<M, G>,
  options: CallOptions = {},
): Promise<Answer<M, G>> {
  const { signal, minPosition = "", asOfPosition = "" } = options;
  const response: QueryResponse = await client.query.query(
    { query: spec.query, minPosition, asOfPosition },
    signal && { signal },
  );
  return toAnswer(spec, response);
}

/**
 * Sends one batch, at most 10,000 events, and returns once they are on disk. Safe to repeat with the same
 * ids; a producer does that by itself.
 */
export function sendEvents(
  client: MillraceClient,
  events: readonly EventInput[],
  options: Pick<CallOptions, "signal"> = {},
): Promise<IngestEventsResponse> {
  return client.ingest.ingestEvents({ events: events.map((event) => toEvent(event)) }, options);
}
