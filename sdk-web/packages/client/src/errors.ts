import { Code, ConnectError } from "@connectrpc/connect";
import { BadRequestSchema, RetryInfoSchema } from "./gen/google/rpc/error_details_pb.js";

/** A field of a request that the server didn't like. */
export interface FieldViolation {
  /** Its path, such as `query.where`. */
  readonly field: string;
  /** What is wrong with it. */
  readonly description: string;
}

const PASSING: ReadonlySet<Code> = new Set([
  Code.Unavailable,
  Code.ResourceExhausted,
  Code.DeadlineExceeded,
  Code.Aborted,
  // What `fetch` and broken connections are turned into; the server never sends it.
  Code.Unknown,
]);

/** Whether the same call may well succeed later. */
export function isRetryable(error: unknown): boolean {
  const { code, rawMessage } = ConnectError.from(error);
  // The second is what a gRPC-Web answer looks like that is cut between two messages.
  return PASSING.has(code) || rawMessage.includes("missing trailer");
}

/** How long the server asks to wait before trying again, in milliseconds; undefined if it doesn't. */
export function retryDelayMs(error: unknown): number | undefined {
  const delay = ConnectError.from(error).findDetails(RetryInfoSchema)[0]?.retryDelay;
  return delay && Number(delay.seconds) * 1_000 + delay.nanos / 1_000_000;
}

/** The fields of the request that an INVALID_ARGUMENT is about. */
export function fieldViolations(error: unknown): readonly FieldViolation[] {
  return ConnectError.from(error)
    .findDetails(BadRequestSchema)
    .flatMap((details) => details.fieldViolations)
    .map(({ field, description }) => ({ field, description }));
}
