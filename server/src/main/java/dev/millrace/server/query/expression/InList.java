package dev.millrace.server.query.expression;

import dev.millrace.server.event.Kind;
import dev.millrace.server.log.ColumnSummary;
import dev.millrace.server.log.ValueVector;
import dev.millrace.server.query.vector.CodeCondition;
import dev.millrace.server.query.vector.CodeCondition.Outcome;
import dev.millrace.server.query.vector.Mask;
import dev.millrace.server.query.vector.Masks;
import dev.millrace.server.query.vector.NumberRange;
import dev.millrace.server.query.vector.Texts;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The values that a condition of the form {@code value in [...]} lists, by kind. */
final class InList {
  private final Value value;
  private final List<NumberRange> numbers = new ArrayList<>();
  private final List<NumberRange> truths = new ArrayList<>();
  private final @Nullable CodeCondition texts;
  private final @Nullable CodeCondition lists;

  InList(Predicate.In in) {
    value = in.value();
    Set<Object> codeValues = new HashSet<>();
    Set<Long> hashes = new HashSet<>();
    boolean anyList = false;
    for (Object listed : in.listed()) {
      switch (listed) {
        case Double number -> numbers.add(NumberRange.of(number));
        case Boolean truth -> truths.add(NumberRange.of(truth ? 1 : 0));
        case String text -> {
          codeValues.add(text);
          hashes.add(Texts.hash(text));
        }
        default -> {
          anyList = true;
          codeValues.add(listed);
        }
      }
    }
    texts =
        hashes.isEmpty()
            ? null
            : new CodeCondition(
                Kind.TEXT,
                (dictionary, code) ->
                    hashes.contains(dictionary.hash(code))
                        && codeValues.contains(dictionary.text(code)));
    lists =
        anyList
            ? new CodeCondition(
                Kind.LIST, (dictionary, code) -> codeValues.contains(dictionary.list(code)))
            : null;
  }

  Outcome outcome(Columns columns, ColumnSummary summary, boolean dictionaries) {
    Outcome outcome = Outcome.NONE;
    for (NumberRange number : numbers) {
      outcome = or(outcome, ZoneMaps.numbers(number, summary));
    }
    if (!truths.isEmpty() && summary.mayHold(Kind.BOOLEAN)) {
      outcome = or(outcome, Outcome.SOME);
    }
    for (CodeCondition codes : new @Nullable CodeCondition[] {texts, lists}) {
      if (codes != null) {
        outcome = or(outcome, ZoneMaps.codes(value, codes, columns, dictionaries));
      }
    }
    return outcome;
  }

  private static Outcome or(Outcome left, Outcome right) {
    return left == Outcome.ALL || right == Outcome.NONE ? left : right;
  }

  Mask test(ValueVector vector, Mask within) {
    Mask found = Mask.none(vector.rows());
    for (NumberRange number : numbers) {
      found = found.or(Masks.numbers(vector, number, within));
    }
    for (NumberRange truth : truths) {
      found = found.or(Masks.booleans(vector, truth, within));
    }
    for (CodeCondition codes : new @Nullable CodeCondition[] {texts, lists}) {
      if (codes != null) {
        found = found.or(codes.test(vector, within));
      }
    }
    return found;
  }
}
