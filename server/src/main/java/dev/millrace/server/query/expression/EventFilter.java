package dev.millrace.server.query.expression;

import dev.millrace.server.error.ApiException;
import dev.millrace.server.log.EventBlock;
import dev.millrace.server.query.time.ZoneOffsets;
import dev.millrace.server.query.vector.CodeCondition;
import dev.millrace.server.query.vector.Mask;
import java.time.ZoneId;
import org.jspecify.annotations.Nullable;

/**
 * A compiled condition on events: what {@code where} and {@code filters} of a request come to.
 * Immutable and thread-safe.
 */
public final class EventFilter {
  /** Every event meets it. */
  public static final EventFilter ALL = new EventFilter(new Predicate.Always(true));

  private final Predicate predicate;

  private EventFilter(Predicate predicate) {
    this.predicate = predicate;
  }

  /**
   * Compiles a CEL expression; an empty one is met by all.
   *
   * @param field where the expression is in the request, such as {@code query.where}, for errors
   * @throws ApiException.InvalidArgument with the place of the error and what is supported
   */
  public static EventFilter ofCel(String where, String field) {
    return where.isBlank() ? ALL : new EventFilter(CelCompiler.compile(where, field));
  }

  /**
   * Compiles a typed tree; none is met by all.
   *
   * @param path where the tree is in the request, such as {@code query.filters}, for errors
   * @throws ApiException.InvalidArgument naming the part that is wrong
   */
  public static EventFilter of(@Nullable Filter filter, String path) {
    return filter == null ? ALL : new EventFilter(new FilterCompiler().compile(filter, path));
  }

  /** A filter that both this and another one must meet. */
  public EventFilter and(EventFilter other) {
    if (all()) {
      return other;
    }
    return other.all() ? this : new EventFilter(new Predicate.And(predicate, other.predicate));
  }

  /** Whether it is known that all events meet it. */
  public boolean all() {
    return predicate instanceof Predicate.Always always && always.holds();
  }

  /**
   * A mask of the rows of a block that meet it; the caller's to change. Parts of times are those of
   * UTC.
   */
  public boolean[] test(EventBlock block) {
    return test(new BlockColumns(block, new ZoneOffsets(ZoneId.of("UTC")))).booleans();
  }

  /** The rows that meet it. */
  public Mask test(Columns columns) {
    return test(columns, Mask.all(columns.rows()));
  }

  /**
   * The rows that meet it.
   *
   * @param within the rows that matter; others may come out either way
   */
  public Mask test(Columns columns, Mask within) {
    return Evaluator.test(predicate, columns, within);
  }

  /**
   * What can be said of all rows without decoding a column.
   *
   * @param dictionaries whether to go through dictionaries too, not only summaries
   */
  public CodeCondition.Outcome outcome(Columns columns, boolean dictionaries) {
    return ZoneMaps.outcome(predicate, columns, dictionaries);
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof EventFilter filter && predicate.equals(filter.predicate);
  }

  @Override
  public int hashCode() {
    return predicate.hashCode();
  }

  @Override
  public String toString() {
    return predicate.toString();
  }
}
