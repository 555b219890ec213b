package dev.millrace.server.query.vector;

import dev.millrace.server.log.Dictionary;

/**
 * Which entries of a dictionary meet a condition. Each entry is tested at most once. Not
 * thread-safe.
 */
public final class CodeMatches {
  private static final byte UNKNOWN = 0;
  private static final byte YES = 1;
  private static final byte NO = 2;

  private final Dictionary dictionary;
  private final Test test;
  private final byte[] results;
  private boolean complete;
  private int matching;

  CodeMatches(Dictionary dictionary, Test test) {
    this.dictionary = dictionary;
    this.test = test;
    this.results = new byte[dictionary.size()];
  }

  /** A condition on an entry of a dictionary. */
  @FunctionalInterface
  public interface Test {
    boolean test(Dictionary dictionary, int code);
  }

  /** Whether an entry meets the condition. It must be of the kind that the condition is on. */
  boolean holds(int code) {
    byte result = results[code];
    if (result == UNKNOWN) {
      result = test.test(dictionary, code) ? YES : NO;
      results[code] = result;
    }
    return result == YES;
  }

  /** Tests all entries, which must all be of the kind that the condition is on. */
  void complete() {
    if (!complete) {
      for (int code = 0; code < results.length; code++) {
        matching += holds(code) ? 1 : 0;
      }
      complete = true;
    }
  }

  /** Whether no entry meets the condition; only when complete. */
  boolean none() {
    return matching == 0;
  }

  /** Whether all entries meet the condition; only when complete. */
  boolean all() {
    return matching == results.length;
  }

  /** How many entries meet it; only when complete. */
  int matching() {
    return matching;
  }

  int size() {
    return results.length;
  }
}
