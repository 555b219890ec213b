import type { Message } from "@bufbuild/protobuf";
import { Code, ConnectError, type Interceptor, type Transport } from "@connectrpc/connect";
import { createGrpcWebTransport } from "@connectrpc/connect-web";

/** Where a server is and how to speak to it. */
export interface TransportOptions {
  /** The server's address, such as `https://stats.example`. In a page: its own origin by default. */
  readonly baseUrl?: string;
  /** The API key, or what gives it; asked for at every call. */
  readonly apiKey?: string | (() => string | undefined);
  /** The project of requests that name none; empty means the key's own, or `default`. */
  readonly project?: string;
  /** The time a unary call may take, in milliseconds; 30,000 by default. Streams have no limit. */
  readonly timeoutMs?: number;
  /** In place of the global `fetch`. */
  readonly fetch?: typeof globalThis.fetch;
}

const TIMEOUT_MS_DEFAULT = 30_000;

/** Speaks gRPC-Web through `fetch`, in browsers and in Node alike. */
export function createTransport(options: TransportOptions = {}): Transport {
  return createGrpcWebTransport({
    baseUrl: options.baseUrl ?? ownOrigin(),
    interceptors: [authorize(options.apiKey), nameProject(options.project), limitTime(options)],
    ...(options.fetch && { fetch: options.fetch }),
  });
}

function ownOrigin(): string {
  const location = globalThis.location as Location | undefined;
  if (!location) {
    throw new TypeError("baseUrl is needed outside of a web page");
  }
  return location.origin;
}

function authorize(apiKey: TransportOptions["apiKey"]): Interceptor {
  return (next) => (request) => {
    const key = typeof apiKey === "function" ? apiKey() : apiKey;
    if (key) {
      request.header.set("authorization", `Bearer ${key}`);
    }
    return next(request);
  };
}

/** Every request of Millrace has a `project`. */
function nameProject(project: string | undefined): Interceptor {
  if (!project) {
    return (next) => next;
  }
  return (next) => (request) => {
    if (request.stream) {
      return next({ ...request, message: named(request.message, project) });
    }
    name(request.message, project);
    return next(request);
  };
}

async function* named<T extends Message>(messages: AsyncIterable<T>, project: string) {
  for await (const message of messages) {
    name(message, project);
    yield message;
  }
}

function name(message: Message, project: string): void {
  const request = message as Message & { project?: string };
  request.project ||= project;
}

/** A time-out for unary calls only: a transport's own would end streams too. */
function limitTime(options: TransportOptions): Interceptor {
  const timeoutMs = options.timeoutMs ?? TIMEOUT_MS_DEFAULT;
  return (next) => (request) => {
    if (request.stream) {
      return next(request);
    }
    const timeout = AbortSignal.timeout(timeoutMs);
    const signal = AbortSignal.any([request.signal, timeout]);
    return next({ ...request, signal }).catch((error: unknown) => {
      throw timeout.aborted && !request.signal.aborted
        ? new ConnectError(`no answer within ${timeoutMs} ms`, Code.DeadlineExceeded)
        : error;
    });
  };
}
