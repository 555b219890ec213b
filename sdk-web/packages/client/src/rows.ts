import type { Delta, Snapshot } from "./gen/millrace/v1/live_service_pb.js";
import { toRow, type Measures, type QuerySpec, type Row } from "./query.js";

/** The rows of a subscription, by what names them. */
export interface RowSet<M extends Measures, G extends string> {
  /** Forgets what was known. */
  replace(snapshot: Snapshot): void;
  /** Changes what is known. */
  apply(delta: Delta): void;
  /** All rows in the order of the question, as an array that stays as it is. */
  list(): readonly Row<M, G>[];
}

/** An empty set. */
export function createRowSet<M extends Measures, G extends string>(spec: QuerySpec<M, G>): RowSet<M, G> {
  const rows = new Map<string, Row<M, G>>();
  const order = orderOf(spec);
  let listed: readonly Row<M, G>[] | undefined;
  const put = (row: Row<M, G>) => rows.set(nameOf(spec, row), row);
  return {
    replace(snapshot) {
      rows.clear();
      snapshot.rows.forEach((row) => put(toRow(spec, row)));
      listed = undefined;
    },
    apply({ removed, upserted }) {
      removed.forEach((row) => rows.delete(nameOf(spec, toRow(spec, row))));
      upserted.forEach((row) => put(toRow(spec, row)));
      listed = undefined;
    },
    list() {
      listed ??= [...rows.values()].sort(order);
      return listed;
    },
  };
}

/** Time, dimensions and whether it is the row of others, as the contract has it. */
function nameOf<M extends Measures, G extends string>(spec: QuerySpec<M, G>, row: Row<M, G>): string {
  return JSON.stringify([
    row.time?.getTime() ?? null,
    row.others,
    ...spec.groupBy.map((field) => row.dimensions[field]),
  ]);
}

type Order<M extends Measures, G extends string> = (a: Row<M, G>, b: Row<M, G>) => number;

/** The server's order: by the question's levels, then by time, others last, then by group. */
function orderOf<M extends Measures, G extends string>(spec: QuerySpec<M, G>): Order<M, G> {
  const levels = spec.query.orderBy.map(({ by, descending }): Order<M, G> => {
    const read = reader(spec, by);
    return (a, b) => absentLast(read(a), read(b), descending);
  });
  levels.push(
    (a, b) => absentLast(a.time?.getTime(), b.time?.getTime(), false),
    (a, b) => Number(a.others) - Number(b.others),
    ...spec.groupBy.map(
      (field): Order<M, G> =>
        (a, b) =>
          absentLast(a.dimensions[field], b.dimensions[field], false),
    ),
  );
  return (a, b) => {
    for (const level of levels) {
      const difference = level(a, b);
      if (difference !== 0) {
        return difference;
      }
    }
    return 0;
  };
}

/** What a row is ordered by: a measure if one has the name, else a field, else the time. */
function reader<M extends Measures, G extends string>(
  spec: QuerySpec<M, G>,
  by: string,
): (row: Row<M, G>) => unknown {
  if (Object.hasOwn(spec.measures, by)) {
    return (row) => row.values[by];
  }
  return spec.groupBy.includes(by as G) ? (row) => row.dimensions[by as G] : (row) => row.time?.getTime();
}

function absentLast(a: unknown, b: unknown, descending: boolean): number {
  const [noA, noB] = [a === undefined || a === null, b === undefined || b === null];
  if (noA || noB) {
    return Number(noA) - Number(noB);
  }
  return descending ? compare(b, a) : compare(a, b);
}

/** Booleans, numbers, texts by code point; other things tie. */
function compare(a: unknown, b: unknown): number {
  if (typeof a === "string" && typeof b === "string") {
    return compareTexts(a, b);
  }
  if (typeof a === typeof b && typeof a !== "object") {
    return Number(a) - Number(b);
  }
  return rank(a) - rank(b);
}

function rank(value: unknown): number {
  return typeof value === "boolean" ? 0 : typeof value === "number" ? 1 : 2;
}

/** By code points, where JavaScript's own comparison goes by UTF-16 units. */
function compareTexts(a: string, b: string): number {
  const length = Math.min(a.length, b.length);
  for (let i = 0; i < length; i++) {
    const [x, y] = [a.charCodeAt(i), b.charCodeAt(i)];
    if (x !== y) {
      return weight(x) - weight(y);
    }
  }
  return a.length - b.length;
}

/** Puts surrogates, which stand for the highest code points, after all other units. */
function weight(unit: number): number {
  return unit >= 0xd800 && unit <= 0xdfff ? unit + 0x10000 : unit;
}
