package dev.millrace.server.query.plan;

import dev.millrace.server.event.Kind;
import dev.millrace.server.log.ValueVector;
import dev.millrace.server.query.operator.DistinctSet;
import dev.millrace.server.query.operator.Selection;
import dev.millrace.server.query.operator.ValueHashes;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** What values a field has had. Not thread-safe. */
final class FieldProfile {
  private static final int EXAMPLES_MAX = 5;
  private static final int EXAMPLE_LENGTH_MAX = 200;

  private final long[] kinds = new long[Kind.values().length];
  private final DistinctSet distinct = new DistinctSet();
  private final Set<Object> examples = new LinkedHashSet<>();

  void add(ValueVector vector, Selection selection) {
    ValueHashes hashes = new ValueHashes(vector);
    boolean[] seen = new boolean[vector.hasCodes() ? vector.dictionary().size() : 0];
    for (int i = 0; i < selection.size(); i++) {
      int row = selection.row(i);
      Kind kind = vector.kind(row);
      kinds[kind.ordinal()]++;
      switch (kind) {
        case MISSING, NULL -> {}
        case TEXT, LIST -> {
          if (!seen[vector.code(row)]) {
            seen[vector.code(row)] = true;
            distinct.add(hashes.hash(row));
            example(vector, kind, row);
          }
        }
        case BOOLEAN, NUMBER, EMPTY_OBJECT -> {
          distinct.add(hashes.hash(row));
          example(vector, kind, row);
        }
      }
    }
  }

  private void example(ValueVector vector, Kind kind, int row) {
    if (examples.size() >= EXAMPLES_MAX) {
      return;
    }
    switch (kind) {
      case BOOLEAN -> examples.add(vector.number(row) != 0);
      case NUMBER -> examples.add(vector.number(row) + 0.0);
      case TEXT -> {
        String text = vector.dictionary().text(vector.code(row));
        examples.add(
            text.length() <= EXAMPLE_LENGTH_MAX
                ? text
                : text.substring(0, text.offsetByCodePoints(0, EXAMPLE_LENGTH_MAX / 2)) + "…");
      }
      case LIST -> examples.add(vector.dictionary().list(vector.code(row)));
      case MISSING, NULL, EMPTY_OBJECT -> {}
    }
  }

  void merge(FieldProfile other) {
    for (int i = 0; i < kinds.length; i++) {
      kinds[i] += other.kinds[i];
    }
    distinct.merge(other.distinct);
    for (Object example : other.examples) {
      if (examples.size() < EXAMPLES_MAX) {
        examples.add(example);
      }
    }
  }

  /** Events that have a value. */
  long count() {
    return Arrays.stream(kinds).sum() - kinds[Kind.MISSING.ordinal()] - kinds[Kind.NULL.ordinal()];
  }

  SchemaScan.FieldSummary summary(String name) {
    List<Kind> seen = new ArrayList<>();
    for (Kind kind : Kind.values()) {
      if (kind != Kind.MISSING && kind != Kind.NULL && kinds[kind.ordinal()] > 0) {
        seen.add(kind);
      }
    }
    seen.sort(Comparator.comparingLong((Kind kind) -> kinds[kind.ordinal()]).reversed());
    return new SchemaScan.FieldSummary(
        name, List.copyOf(seen), count(), distinct.figure(), List.copyOf(examples));
  }
}
