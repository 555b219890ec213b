export type { BackoffOptions } from "./backoff.js";
export { createClient, runQuery, sendEvents, type CallOptions, type MillraceClient } from "./client.js";
export { fieldViolations, isRetryable, retryDelayMs, type FieldViolation } from "./errors.js";
export { toEvent, type EventInput } from "./events.js";
export { subscribe, tailEvents, type EventBatch, type FollowOptions } from "./live.js";
export { createProducer, type Producer, type ProducerOptions } from "./producer.js";
export {
  avg,
  count,
  first,
  formula,
  histogram,
  last,
  max,
  min,
  quantile,
  query,
  rate,
  stddev,
  sum,
  unique,
  type Answer,
  type Measures,
  type MeasureSpec,
  type QueryOptions,
  type QuerySpec,
  type Range,
  type Row,
} from "./query.js";
export { createTransport, type TransportOptions } from "./transport.js";
export { uuidV7 } from "./uuid.js";
