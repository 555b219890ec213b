import { Code, ConnectError } from "@connectrpc/connect";
import { createBackoff, sleep, type BackoffOptions } from "./backoff.js";
import type { MillraceClient } from "./client.js";
import { isRetryable, retryDelayMs } from "./errors.js";
import type { Event } from "./gen/millrace/v1/event_pb.js";
import type { Announcement, TailEventsResponse } from "./gen/millrace/v1/live_service_pb.js";
import { toDate, toDates, type Answer, type Measures, type QuerySpec } from "./query.js";
import { createRowSet } from "./rows.js";

/** How to follow something. */
export interface FollowOptions {
  /** Ends the iteration, without an error. */
  readonly signal?: AbortSignal;
  /** Waits between attempts to connect. */
  readonly backoff?: BackoffOptions;
  /** Gets messages from those who run the server. */
  readonly onAnnouncement?: (announcement: Announcement) => void;
  /** Gets each failure that leads to another attempt, with the wait before it, in milliseconds. */
  readonly onDisconnect?: (error: ConnectError, waitMs: number) => void;
}

/** Events, with the position up to which they have been looked at. */
export interface EventBatch {
  readonly events: readonly Event[];
  readonly position: string;
}

// Twice what is asked of the server, so that one late sign of life is no disconnection.
const HEARTBEAT_SECONDS = 15n;
const SILENCE_MS = 30_000;

/**
 * Follows the answer to a question: yields it once, then whenever it or its position changes. Each answer
 * is whole, and what `runQuery` gives at its position. After a disconnection the iteration goes on from
 * the last position, for as long as it takes.
 *
 * @throws ConnectError what the server refuses for good, such as a question it doesn't understand
 */
export async function* subscribe<M extends Measures, G extends string>(
  client: MillraceClient,
  spec: QuerySpec<M, G>,
  options: FollowOptions = {},
): AsyncGenerator<Answer<M, G>, void, undefined> {
  const rows = createRowSet(spec);
  let position = "";
  const open = (signal: AbortSignal) =>
    client.live.subscribe(
      { query: spec.query, resumePosition: position, heartbeatInterval: { seconds: HEARTBEAT_SECONDS } },
      { signal },
    );
  for await (const response of follow(open, options)) {
    const { update } = response;
    if (update.case === "announcement") {
      options.onAnnouncement?.(update.value);
      continue;
    }
    if (update.case === "snapshot") {
      rows.replace(update.value);
    } else if (update.case === "delta") {
      rows.apply(update.value);
    }
    position = response.position;
    yield {
      rows: rows.list(),
      position,
      evaluatedAt: toDate(response.evaluatedAt),
      range: toDates(response.range),
    };
  }
}

/**
 * Follows the events that are accepted, from now on or after a position, with a CEL expression if not all
 * of them. After a disconnection the iteration goes on after the last position; what was accepted before
 * the server first told one may be missed.
 *
 * @throws ConnectError what the server refuses for good
 */
export async function* tailEvents(
  client: MillraceClient,
  options: FollowOptions & { readonly where?: string; readonly resumePosition?: string } = {},
): AsyncGenerator<EventBatch, void, undefined> {
  const { where = "", resumePosition = "" } = options;
  let position = resumePosition;
  const open = (signal: AbortSignal): AsyncIterable<TailEventsResponse> =>
    client.live.tailEvents(
      { where, resumePosition: position, heartbeatInterval: { seconds: HEARTBEAT_SECONDS } },
      { signal },
    );
  for await (const response of follow(open, options)) {
    if (response.announcement) {
      options.onAnnouncement?.(response.announcement);
    }
    position = response.position || position;
    if (response.events.length > 0) {
      yield { events: response.events, position };
    }
  }
}

/** The messages of one stream after the other. */
async function* follow<T>(
  open: (signal: AbortSignal) => AsyncIterable<T>,
  options: FollowOptions,
): AsyncGenerator<T, void, undefined> {
  const { signal } = options;
  const backoff = createBackoff(options.backoff);
  while (!signal?.aborted) {
    let failure: ConnectError;
    try {
      for await (const message of watched(open, signal)) {
        backoff.reset();
        yield message;
      }
      failure = new ConnectError("the server ended the stream", Code.Unavailable);
    } catch (error) {
      if (signal?.aborted) {
        return;
      }
      failure = ConnectError.from(error);
      if (!isRetryable(failure)) {
        throw failure;
      }
    }
    const waitMs = backoff.next(retryDelayMs(failure));
    options.onDisconnect?.(failure, waitMs);
    await sleep(waitMs, signal).catch(() => undefined);
  }
}

/** The messages of one stream, which fails if the server is silent for too long. */
async function* watched<T>(
  open: (signal: AbortSignal) => AsyncIterable<T>,
  signal: AbortSignal | undefined,
): AsyncGenerator<T, void, undefined> {
  const silence = new AbortController();
  const end = () => silence.abort();
  signal?.addEventListener("abort", end, { once: true });
  const silent = () => silence.abort(new ConnectError("the server is silent", Code.Unavailable));
  let timer = setTimeout(silent, SILENCE_MS);
  try {
    for await (const message of open(silence.signal)) {
      // The time that the reader takes is not the server's.
      clearTimeout(timer);
      yield message;
      timer = setTimeout(silent, SILENCE_MS);
    }
  } catch (error) {
    throw silence.signal.aborted ? silence.signal.reason : error;
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener("abort", end);
    // Ends the call if it was the reader who stopped.
    silence.abort();
  }
}
