import { create, toJson, type JsonValue, type MessageInitShape } from "@bufbuild/protobuf";
import { timestampDate, timestampFromMs, ValueSchema, type Timestamp } from "@bufbuild/protobuf/wkt";
import {
  Measure_Aggregation as Aggregation,
  Query_Compare,
  QuerySchema,
  type FilterSchema,
  type Histogram,
  type MeasureSchema,
  type Query,
  type Row as RowMessage,
  type TimeRange,
} from "./gen/millrace/v1/query_pb.js";
import type { QueryResponse } from "./gen/millrace/v1/query_service_pb.js";

/** A figure to compute; `V` is what it is in a row. Made by `count`, `sum` and their siblings. */
export interface MeasureSpec<V> {
  readonly init: MessageInitShape<typeof MeasureSchema>;
  /** Only for the compiler: the type of the figure. */
  readonly value?: V;
}

/** Figures by the names that they have in rows. */
export type Measures = Readonly<Record<string, MeasureSpec<unknown>>>;

/** A length back from now (`5m`, `7d`), a named range (`today`), or both ends, each open if missing. */
export type Range = string | { readonly from?: Date; readonly to?: Date };

/** A question. */
export interface QueryOptions<M extends Measures, G extends string> {
  readonly measures: M;
  /** A CEL expression, such as `type == 'purchase' && properties.amount > 10`. */
  readonly where?: string;
  /** The same as a typed tree; both must hold. */
  readonly filters?: MessageInitShape<typeof FilterSchema>;
  /** All time if missing. */
  readonly range?: Range;
  /** The length of a bucket, such as `1h`, or more about it. */
  readonly bucket?:
    string | { readonly every: string; readonly sliding?: string; readonly skipEmpty?: boolean };
  readonly groupBy?: readonly G[];
  /** Names of measures, groups or `time`; descending with a `-` before it. */
  readonly orderBy?: readonly string[];
  readonly limit?: number;
  readonly others?: boolean;
  readonly compare?: "PREVIOUS_PERIOD" | "PREVIOUS_YEAR";
  /** An IANA zone, such as `Europe/Berlin`; UTC if missing. */
  readonly timeZone?: string;
  readonly weekStart?: string;
}

/** A question, ready to be asked or subscribed to. */
export interface QuerySpec<M extends Measures, G extends string> {
  readonly query: Query;
  readonly measures: M;
  readonly groupBy: readonly G[];
}

/** A row: figures by the names of the measures, groups by the names of the fields. */
export interface Row<M extends Measures, G extends string> {
  /** The start of the bucket, if the question has buckets. */
  readonly time: Date | undefined;
  /** Null where the events have no such field. */
  readonly dimensions: Readonly<Record<G, JsonValue>>;
  readonly values: { readonly [N in keyof M]: ValueOf<M[N]> };
  /** Of the figures that are estimates, at 95 %. A figure without bounds is exact. */
  readonly bounds: { readonly [N in keyof M]?: { readonly lower: number; readonly upper: number } };
  /** The figures of the range compared with. */
  readonly previous: { readonly [N in keyof M]?: number };
  /** Whether the range or the clock cuts the bucket. */
  readonly partial: boolean;
  /** Whether it puts together the groups beyond the limit. */
  readonly others: boolean;
}

type ValueOf<T> = T extends MeasureSpec<infer V> ? V : never;

/** The answer to a question. */
export interface Answer<M extends Measures, G extends string> {
  readonly rows: readonly Row<M, G>[];
  /** The state that was read. */
  readonly position: string;
  /** The instant that relative ranges end at. */
  readonly evaluatedAt: Date | undefined;
  /** The range with both ends filled in, where they are known. */
  readonly range: { readonly from: Date | undefined; readonly to: Date | undefined };
}

/** Puts a question together. */
export function query<const M extends Measures, const G extends string = never>(
  options: QueryOptions<M, G>,
): QuerySpec<M, G> {
  const { measures, groupBy = [], orderBy = [], range, bucket, compare, where, filters } = options;
  return {
    measures,
    groupBy,
    query: create(QuerySchema, {
      measures: Object.entries(measures).map(([name, measure]) => ({ ...measure.init, name })),
      where: where ?? "",
      ...(filters && { filters }),
      ...(range !== undefined && { range: toRange(range) }),
      ...(bucket !== undefined && { bucket: typeof bucket === "string" ? { every: bucket } : bucket }),
      groupBy: [...groupBy],
      orderBy: orderBy.map(toOrder),
      limit: options.limit ?? 0,
      others: options.others ?? false,
      compare: compare ? Query_Compare[compare] : Query_Compare.COMPARE_UNSPECIFIED,
      timeZone: options.timeZone ?? "",
      weekStart: options.weekStart ?? "",
    }),
  };
}

function toRange(range: Range) {
  if (typeof range === "string") {
    return { last: range };
  }
  const { from, to } = range;
  return {
    ...(from && { from: timestampFromMs(from.getTime()) }),
    ...(to && { to: timestampFromMs(to.getTime()) }),
  };
}

function toOrder(by: string) {
  return by.startsWith("-") ? { by: by.slice(1), descending: true } : { by };
}

interface MeasureOptions {
  /** A CEL expression that events must meet to count in this measure. */
  readonly where?: string;
}

function measure<V>(
  aggregation: Aggregation,
  init: MessageInitShape<typeof MeasureSchema>,
  { where = "" }: MeasureOptions = {},
): MeasureSpec<V> {
  return { init: { ...init, aggregation, where } };
}

/** Events; with a field, events that have it. */
export function count(options?: MeasureOptions & { readonly field?: string }): MeasureSpec<number> {
  return measure(Aggregation.COUNT, { field: options?.field ?? "" }, options);
}

/** The sum of the field's numbers; 0 over nothing. */
export function sum(field: string, options?: MeasureOptions): MeasureSpec<number> {
  return measure(Aggregation.SUM, { field }, options);
}

/** Different values of the field. */
export function unique(field: string, options?: MeasureOptions): MeasureSpec<number> {
  return measure(Aggregation.UNIQUE, { field }, options);
}

/** Events a second. */
export function rate(options?: MeasureOptions): MeasureSpec<number | undefined> {
  return measure(Aggregation.RATE, {}, options);
}

/** The mean of the field's numbers. */
export function avg(field: string, options?: MeasureOptions): MeasureSpec<number | undefined> {
  return measure(Aggregation.AVG, { field }, options);
}

/** The smallest of the field's numbers. */
export function min(field: string, options?: MeasureOptions): MeasureSpec<number | undefined> {
  return measure(Aggregation.MIN, { field }, options);
}

/** The largest of the field's numbers. */
export function max(field: string, options?: MeasureOptions): MeasureSpec<number | undefined> {
  return measure(Aggregation.MAX, { field }, options);
}

/** The standard deviation of the sample. */
export function stddev(field: string, options?: MeasureOptions): MeasureSpec<number | undefined> {
  return measure(Aggregation.STDDEV, { field }, options);
}

/** The nearest-rank quantile of the field's numbers; `q` is from 0 to 1. */
export function quantile(
  field: string,
  q: number,
  options?: MeasureOptions,
): MeasureSpec<number | undefined> {
  return measure(Aggregation.QUANTILE, { field, quantile: q }, options);
}

/** Counts of the field's numbers by range. */
export function histogram(
  field: string,
  options?: MeasureOptions & { readonly edges?: readonly number[] },
): MeasureSpec<Histogram | undefined> {
  return measure(Aggregation.HISTOGRAM, { field, edges: [...(options?.edges ?? [])] }, options);
}

/** The field's value at the earliest event. */
export function first(field: string, options?: MeasureOptions): MeasureSpec<number | string | undefined> {
  return measure(Aggregation.FIRST, { field }, options);
}

/** The field's value at the latest event. */
export function last(field: string, options?: MeasureOptions): MeasureSpec<number | string | undefined> {
  return measure(Aggregation.LAST, { field }, options);
}

/** Arithmetic over the names of other measures, such as `revenue / buyers`. */
export function formula(expression: string): MeasureSpec<number | undefined> {
  return { init: { formula: expression } };
}

/** The answer in the question's own types. */
export function toAnswer<M extends Measures, G extends string>(
  spec: QuerySpec<M, G>,
  { rows, stats }: QueryResponse,
): Answer<M, G> {
  return {
    rows: rows.map((row) => toRow(spec, row)),
    position: stats?.position ?? "",
    evaluatedAt: toDate(stats?.evaluatedAt),
    range: toDates(stats?.range),
  };
}

/** A row in the question's own types. */
export function toRow<M extends Measures, G extends string>(
  spec: QuerySpec<M, G>,
  row: RowMessage,
): Row<M, G> {
  const values: Record<string, unknown> = {};
  for (const name of Object.keys(spec.measures)) {
    values[name] = row.values[name] ?? row.texts[name] ?? row.histograms[name];
  }
  const dimensions: Record<string, JsonValue> = {};
  for (const field of spec.groupBy) {
    const value = row.dimensions[field];
    dimensions[field] = value ? toJson(ValueSchema, value) : null;
  }
  return {
    time: toDate(row.time),
    dimensions: dimensions as Record<G, JsonValue>,
    values: values as Row<M, G>["values"],
    bounds: row.bounds as unknown as Row<M, G>["bounds"],
    previous: row.previous as Row<M, G>["previous"],
    partial: row.partial,
    others: row.others,
  };
}

/** Both ends as dates. */
export function toDates(range: TimeRange | undefined): Answer<never, never>["range"] {
  return { from: toDate(range?.from), to: toDate(range?.to) };
}

/** A date, to the millisecond. */
export function toDate(time: Timestamp | undefined): Date | undefined {
  return time && timestampDate(time);
}
