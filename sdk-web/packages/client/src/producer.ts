import { toBinary } from "@bufbuild/protobuf";
import { Code, ConnectError } from "@connectrpc/connect";
import { createBackoff, sleep, type BackoffOptions } from "./backoff.js";
import type { MillraceClient } from "./client.js";
import { isRetryable, retryDelayMs } from "./errors.js";
import { toEvent, type EventInput } from "./events.js";
import { EventSchema, type Event } from "./gen/millrace/v1/event_pb.js";
import type { IngestEventsResponse } from "./gen/millrace/v1/ingest_service_pb.js";
import { uuidV7 } from "./uuid.js";

/** How a producer sends. */
export interface ProducerOptions {
  /** Events of a batch at most; 1,000 by default, and 10,000 is what the server takes. */
  readonly batchEvents?: number;
  /** Bytes of a batch at most, unless one event has more; 1 MiB by default. */
  readonly batchBytes?: number;
  /** How long an event waits for others, in milliseconds; 20 by default. */
  readonly lingerMs?: number;
  /** Bytes of events held at most, beyond which `send` waits; 16 MiB by default. */
  readonly maxBytes?: number;
  readonly backoff?: BackoffOptions;
  /** Gives up: what isn't acknowledged fails. */
  readonly signal?: AbortSignal;
  /** Gets each answer, with the events that the server rejected. */
  readonly onAcknowledged?: (response: IngestEventsResponse) => void;
  /** Gets the events that could not be sent. */
  readonly onFailed?: (error: ConnectError, events: readonly Event[]) => void;
}

/** Sends events in batches, each counted once however often it has to be sent. */
export interface Producer {
  /** Takes an event as soon as there is room for it. */
  send(event: EventInput): Promise<void>;
  /** Waits until all events taken so far are acknowledged or have failed. */
  flush(): Promise<void>;
  /** Takes no more events, and flushes. */
  close(): Promise<void>;
}

interface Held {
  readonly event: Event;
  readonly bytes: number;
}

/**
 * Makes a producer. One batch is on its way at a time, under a number of its own, and is sent again after
 * failures that may pass, for as long as it takes.
 */
export function createProducer(client: MillraceClient, options: ProducerOptions = {}): Producer {
  const { batchEvents = 1_000, batchBytes = 1 << 20, lingerMs = 20, maxBytes = 16 << 20 } = options;
  const deliver = createDelivery(client, options);
  const queue: Held[] = [];
  const waiting: (() => void)[] = [];
  let [heldBytes, queuedBytes, taken, settled, due] = [0, 0, 0, 0, 0];
  let [running, closed] = [false, false];
  let timer: ReturnType<typeof setTimeout> | undefined;

  const change = () => new Promise<void>((resolve) => waiting.push(resolve));

  function nextBatch(): Held[] {
    let [count, bytes] = [0, 0];
    for (const next of queue) {
      if (count === batchEvents || (count > 0 && bytes + next.bytes > batchBytes)) {
        break;
      }
      count++;
      bytes += next.bytes;
    }
    const batch = queue.splice(0, count);
    queuedBytes -= bytes;
    due = Math.max(0, due - batch.length);
    return batch;
  }

  async function run(): Promise<void> {
    running = true;
    while (due > 0 || queue.length >= batchEvents || queuedBytes >= batchBytes) {
      const batch = nextBatch();
      await deliver(batch.map(({ event }) => event));
      heldBytes -= batch.reduce((sum, { bytes }) => sum + bytes, 0);
      settled += batch.length;
      waiting.splice(0).forEach((wake) => wake());
    }
    running = false;
    linger();
  }

  function linger(): void {
    if (queue.length > 0 && !timer) {
      timer = setTimeout(sendAll, lingerMs);
    }
  }

  function sendAll(): void {
    clearTimeout(timer);
    timer = undefined;
    due = queue.length;
    if (!running) {
      void run();
    }
  }

  async function flush(): Promise<void> {
    const goal = taken;
    sendAll();
    while (settled < goal) {
      await change();
    }
  }

  return {
    async send(input) {
      const event = toEvent(input);
      const bytes = toBinary(EventSchema, event).length;
      while (!closed && heldBytes > 0 && heldBytes + bytes > maxBytes) {
        await change();
      }
      if (closed) {
        throw new TypeError("the producer is closed");
      }
      queue.push({ event, bytes });
      heldBytes += bytes;
      queuedBytes += bytes;
      taken++;
      if (!running && (queue.length >= batchEvents || queuedBytes >= batchBytes)) {
        void run();
      } else {
        linger();
      }
    },
    flush,
    close() {
      closed = true;
      waiting.splice(0).forEach((wake) => wake());
      return flush();
    },
  };
}

/** Sends one batch after the other; each call ends when its batch is acknowledged or has failed. */
function createDelivery(client: MillraceClient, options: ProducerOptions) {
  const { signal, onAcknowledged, onFailed } = options;
  const producerId = uuidV7();
  const backoff = createBackoff(options.backoff);
  let epoch = 1n;
  let batchNumber = 1n;
  const startEpoch = () => {
    epoch++;
    batchNumber = 1n;
  };
  return async (events: Event[]): Promise<void> => {
    for (;;) {
      let response: IngestEventsResponse;
      try {
        signal?.throwIfAborted();
        response = await client.ingest.ingestEvents(
          { events, producerId, epoch, batchNumber },
          signal && { signal },
        );
      } catch (reason) {
        const error = ConnectError.from(reason);
        // The server knows less than it acknowledged, as after a backup is restored; the ids of the
        // events still guard this batch.
        const isGap = error.code === Code.OutOfRange;
        if (signal?.aborted || !(isGap || isRetryable(error))) {
          // Whether an earlier attempt was stored is unknown, so its number can't be given to others.
          startEpoch();
          tell(() => onFailed?.(error, events));
          return;
        }
        if (isGap) {
          startEpoch();
        }
        await sleep(backoff.next(retryDelayMs(error)), signal).catch(() => undefined);
        continue;
      }
      backoff.reset();
      batchNumber++;
      tell(() => onAcknowledged?.(response));
      return;
    }
  };
}

/** Calls back before a flush ends, and so that what the callback throws doesn't stop the producer. */
function tell(callback: () => void): void {
  queueMicrotask(callback);
}
