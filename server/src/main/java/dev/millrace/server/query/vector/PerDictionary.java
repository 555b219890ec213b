package dev.millrace.server.query.vector;

import dev.millrace.server.log.Dictionary;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * What was found out about the dictionaries last met, so that the pieces of a segment, which share
 * theirs, find it out once. Dictionaries are told apart by identity, and only a few are remembered:
 * pieces of a segment come one after the other. Not thread-safe.
 */
public final class PerDictionary<T> {
  private static final int REMEMBERED = 4;

  private final Function<Dictionary, T> make;
  private final @Nullable Dictionary[] dictionaries = new Dictionary[REMEMBERED];
  private final @Nullable Object[] found = new Object[REMEMBERED];
  private int last;

  /**
   * A memory without entries.
   *
   * @param make what to know of a dictionary not met before, or forgotten
   */
  public PerDictionary(Function<Dictionary, T> make) {
    this.make = make;
  }

  /** What is known of a dictionary. */
  // Only what make returned is in there; dictionaries are meant to be told apart by identity.
  @SuppressWarnings({"unchecked", "ReferenceEquality"})
  public T of(Dictionary dictionary) {
    for (int i = 0; i < REMEMBERED; i++) {
      if (dictionaries[i] == dictionary) {
        return (T) entry(i);
      }
    }
    T made = make.apply(dictionary);
    last = (last + 1) % REMEMBERED;
    dictionaries[last] = dictionary;
    found[last] = made;
    return made;
  }

  private Object entry(int index) {
    Object entry = found[index];
    if (entry == null) {
      throw new IllegalStateException("a dictionary without an entry");
    }
    return entry;
  }
}
