/** How long to wait between attempts. */
export interface BackoffOptions {
  /** The longest first wait, in milliseconds; 200 by default. */
  readonly initialMs?: number;
  /** The longest wait, in milliseconds; 15,000 by default. */
  readonly maxMs?: number;
  /** Gives a number in [0, 1). */
  readonly random?: () => number;
}

/** Waits that double from one failure to the next. */
export interface Backoff {
  /** The next wait in milliseconds, at least what the server asked for. */
  next(askedMs?: number): number;
  /** Starts over, after a success. */
  reset(): void;
}

/**
 * Exponential back-off with equal jitter: each wait is between half and all of its limit, so that many
 * clients of a server that comes back don't arrive at once.
 */
export function createBackoff(options: BackoffOptions = {}): Backoff {
  const { initialMs = 200, maxMs = 15_000, random = Math.random } = options;
  let limitMs = initialMs;
  return {
    next(askedMs = 0) {
      const waitMs = Math.max(askedMs, limitMs * (0.5 + random() / 2));
      limitMs = Math.min(maxMs, limitMs * 2);
      return waitMs;
    },
    reset() {
      limitMs = initialMs;
    },
  };
}

/** Waits; rejects with the signal's reason as soon as it is aborted. */
export function sleep(ms: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal?.aborted) {
      reject(reasonOf(signal));
      return;
    }
    const timer = setTimeout(() => {
      signal?.removeEventListener("abort", abort);
      resolve();
    }, ms);
    const abort = () => {
      clearTimeout(timer);
      reject(reasonOf(signal));
    };
    signal?.addEventListener("abort", abort, { once: true });
  });
}

function reasonOf(signal: AbortSignal | undefined): Error {
  const reason: unknown = signal?.reason;
  return reason instanceof Error ? reason : new DOMException(String(reason), "AbortError");
}
