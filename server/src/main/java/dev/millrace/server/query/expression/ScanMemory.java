package dev.millrace.server.query.expression;

import dev.millrace.server.query.time.ZoneOffsets;
import java.util.IdentityHashMap;
import java.util.function.Function;

/**
 * What evaluating expressions remembers from one block to the next: conditions with what they say
 * of dictionaries, and how many rows each has let through. Belongs to one thread of a scan.
 */
public final class ScanMemory {
  private final ZoneOffsets offsets;
  private final IdentityHashMap<Predicate, Object> known = new IdentityHashMap<>();

  /**
   * A memory of nothing.
   *
   * @param offsets of the zone of parts of times
   */
  public ScanMemory(ZoneOffsets offsets) {
    this.offsets = offsets;
  }

  ZoneOffsets offsets() {
    return offsets;
  }

  /**
   * What belongs to a node of an expression.
   *
   * @param make makes it at the first call; always the same function for the same type of node
   */
  @SuppressWarnings("unchecked") // a type of node has one type of thing
  <P extends Predicate, T> T of(P predicate, Function<P, T> make) {
    Object found = known.get(predicate);
    if (found == null) {
      found = make.apply(predicate);
      known.put(predicate, found);
    }
    return (T) found;
  }
}
