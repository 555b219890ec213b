package dev.millrace.server.query.expression;

import dev.millrace.server.query.vector.CodeCondition.Outcome;
import dev.millrace.server.query.vector.Mask;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * Conditions that must all hold. What summaries and dictionaries decide is found out before any
 * column is decoded; of the rest, those come first that let few rows of the earlier blocks through
 * for their cost (the order by cost over share refused, which is best for independent conditions:
 * Hellerstein, Stonebraker, Predicate migration, SIGMOD 1993). Belongs to one thread of a scan.
 */
final class Conjunction {
  private final List<Part> parts = new ArrayList<>();

  Conjunction(Predicate.And and) {
    add(and);
  }

  private void add(Predicate predicate) {
    if (predicate instanceof Predicate.And and) {
      add(and.left());
      add(and.right());
    } else {
      parts.add(new Part(predicate));
    }
  }

  /** The rows for which all hold; others than those that matter may come out either way. */
  Mask test(Columns columns, Mask within) {
    List<Part> open = new ArrayList<>();
    for (Part part : parts) {
      switch (ZoneMaps.outcome(part.predicate, columns, true)) {
        case NONE -> {
          return Mask.none(columns.rows());
        }
        case SOME -> open.add(part);
        case ALL -> {}
      }
    }
    open.sort(Comparator.comparingDouble(Part::rank));
    Mask result = within;
    for (Part part : open) {
      Mask passed = result.and(Evaluator.test(part.predicate, columns, result));
      part.asked += result.count();
      part.passed += passed.count();
      result = passed;
      if (result.isNone()) {
        break;
      }
    }
    return result;
  }

  /** What summaries, or also dictionaries, say of all rows together. */
  Outcome outcome(Columns columns, boolean dictionaries) {
    boolean all = true;
    for (Part part : parts) {
      switch (ZoneMaps.outcome(part.predicate, columns, dictionaries)) {
        case NONE -> {
          return Outcome.NONE;
        }
        case SOME -> all = false;
        case ALL -> {}
      }
    }
    return all ? Outcome.ALL : Outcome.SOME;
  }

  /** A condition, and how many rows it was asked about and let through. */
  private static final class Part {
    private final Predicate predicate;
    private final double cost;
    private long asked = 2;
    private long passed = 1;

    Part(Predicate predicate) {
      this.predicate = predicate;
      this.cost = cost(predicate);
    }

    double rank() {
      return cost * asked / (asked - passed + 1);
    }

    private static double cost(Predicate predicate) {
      return switch (predicate) {
        case Predicate.Always _ -> 0;
        case Predicate.Present present -> cost(present.of());
        case Predicate.IsTrue isTrue -> cost(isTrue.of());
        case Predicate.CompareTime _ -> 2;
        case Predicate.Compare compare -> cost(compare.left()) * cost(compare.right());
        case Predicate.In in -> cost(in.value());
        case Predicate.TextMatch match -> 2 * cost(match.text()) * cost(match.part());
        case Predicate.Matches matches -> 4 * cost(matches.text());
        case Predicate.Has has -> 4 * cost(has.list()) * cost(has.value());
        case Predicate.Elements _ -> 32;
        case Predicate.Not not -> cost(not.of());
        case Predicate.And and -> cost(and.left()) + cost(and.right());
        case Predicate.Or or -> cost(or.left()) + cost(or.right());
      };
    }

    private static double cost(Value value) {
      return switch (value) {
        case Value.Constant _ -> 1;
        case Value.FieldOf(Field.Stored _) -> 1;
        case Value.FieldOf _ -> 4;
        case Value.Element _, Value.Temporal _ -> 1;
        case Value.Arithmetic _, Value.Size _, Value.Conditional _, Value.Truth _ -> 8;
      };
    }
  }
}
