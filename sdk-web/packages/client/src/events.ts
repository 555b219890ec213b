import { create, type JsonObject } from "@bufbuild/protobuf";
import { timestampFromMs } from "@bufbuild/protobuf/wkt";
import { EventSchema, type Event } from "./gen/millrace/v1/event_pb.js";
import { uuidV7 } from "./uuid.js";

/** An event to send. Only `type` is needed. */
export interface EventInput {
  readonly type: string;
  /** Names the event for its user, so that it counts once however often it is sent; made if missing. */
  readonly eventId?: string;
  /** When it happened; now if missing. */
  readonly time?: Date | number;
  readonly userId?: string;
  readonly sessionId?: string;
  readonly properties?: JsonObject;
  readonly value?: number;
  readonly tags?: readonly string[];
  readonly source?: string;
  readonly context?: {
    readonly ip?: string;
    readonly userAgent?: string;
    readonly referrer?: string;
    readonly locale?: string;
  };
}

/** The event as it is sent, with an id (UUIDv7) and a time. */
export function toEvent(input: EventInput, nowMs: number = Date.now()): Event {
  const { time, tags, properties, context, ...rest } = input;
  return create(EventSchema, {
    ...rest,
    eventId: input.eventId ?? uuidV7(nowMs),
    time: timestampFromMs(time === undefined ? nowMs : Number(time)),
    ...(tags && { tags: [...tags] }),
    ...(properties && { properties }),
    ...(context && { context }),
  });
}
