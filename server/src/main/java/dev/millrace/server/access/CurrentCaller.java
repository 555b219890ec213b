package dev.millrace.server.access;

/** Finds who makes the request that the current thread works on. */
@FunctionalInterface
public interface CurrentCaller {
  /** The caller of the current request; call it before leaving the request's thread. */
  Caller get();
}
