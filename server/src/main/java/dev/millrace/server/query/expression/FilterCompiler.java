package dev.millrace.server.query.expression;

import dev.millrace.server.error.ApiException;
import dev.millrace.server.query.vector.Comparison;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Compiles typed trees to the same conditions as CEL. */
final class FilterCompiler {
  private static final int DEPTH_MAX = 32;
  private static final int NODES_MAX = 1_000;

  private int nodes;

  /**
   * Compiles a tree.
   *
   * @param path where the tree is in the request, for errors
   */
  Predicate compile(Filter filter, String path) {
    return compile(filter, path, 1);
  }

  private Predicate compile(Filter filter, String path, int depth) {
    if (depth > DEPTH_MAX || ++nodes > NODES_MAX) {
      throw new ApiException.InvalidArgument(
          path, "filters have at most %,d parts and %d levels".formatted(NODES_MAX, DEPTH_MAX));
    }
    return switch (filter) {
      case Filter.All all -> {
        Predicate result = new Predicate.Always(true);
        for (int i = 0; i < all.parts().size(); i++) {
          Predicate part = compile(all.parts().get(i), path + ".all[" + i + "]", depth + 1);
          result = i == 0 ? part : new Predicate.And(result, part);
        }
        yield result;
      }
      case Filter.Any any -> {
        Predicate result = new Predicate.Always(false);
        for (int i = 0; i < any.parts().size(); i++) {
          Predicate part = compile(any.parts().get(i), path + ".any[" + i + "]", depth + 1);
          result = i == 0 ? part : new Predicate.Or(result, part);
        }
        yield result;
      }
      case Filter.Not not -> new Predicate.Not(compile(not.part(), path + ".not", depth + 1));
      case Filter.Test test -> test(test, path);
      case Filter.Malformed malformed ->
          throw new ApiException.InvalidArgument(path, malformed.problem());
    };
  }

  private static Predicate test(Filter.Test test, String path) {
    Value field;
    try {
      field = Conditions.field(Field.parse(test.field()));
    } catch (IllegalArgumentException e) {
      throw new ApiException.InvalidArgument(path + ".field", String.valueOf(e.getMessage()));
    }
    try {
      return switch (test.op()) {
        case EQ -> compare(Comparison.EQUAL, field, test.value());
        case NEQ -> compare(Comparison.NOT_EQUAL, field, test.value());
        case GT -> compare(Comparison.GREATER, field, test.value());
        case GTE -> compare(Comparison.GREATER_OR_EQUAL, field, test.value());
        case LT -> compare(Comparison.LESS, field, test.value());
        case LTE -> compare(Comparison.LESS_OR_EQUAL, field, test.value());
        case IN -> Conditions.in(field, list(test.value()));
        case NOT_IN ->
            new Predicate.And(
                Conditions.present(field),
                new Predicate.Not(Conditions.in(field, list(test.value()))));
        case CONTAINS -> contains(field, test.value());
        case STARTS_WITH -> match(Predicate.TextRelation.STARTS_WITH, field, test.value());
        case ENDS_WITH -> match(Predicate.TextRelation.ENDS_WITH, field, test.value());
        case MATCHES -> Conditions.matches(field, text(test.value()));
        case EXISTS -> exists(field, test.value());
        case UNKNOWN ->
            throw new ApiException.InvalidArgument(path + ".op", "isn't one of the known ones");
      };
    } catch (IllegalArgumentException e) {
      throw new ApiException.InvalidArgument(path + ".value", String.valueOf(e.getMessage()));
    }
  }

  private static Predicate compare(Comparison comparison, Value field, @Nullable Object value) {
    return Conditions.compare(comparison, field, new Value.Constant(constant(value)));
  }

  private static Predicate contains(Value field, @Nullable Object value) {
    if (field instanceof Value.Temporal) {
      throw new IllegalArgumentException("time can't be searched");
    }
    Value constant = new Value.Constant(constant(value));
    Predicate has = new Predicate.Has(field, constant);
    return value instanceof String
        ? new Predicate.Or(
            Conditions.textMatch(Predicate.TextRelation.CONTAINS, field, constant), has)
        : has;
  }

  private static Predicate match(
      Predicate.TextRelation relation, Value field, @Nullable Object value) {
    return Conditions.textMatch(relation, field, new Value.Constant(text(value)));
  }

  private static Predicate exists(Value field, @Nullable Object value) {
    Predicate present = Conditions.present(field);
    return switch (value) {
      case null -> present;
      case Boolean truth -> truth ? present : new Predicate.Not(present);
      default -> throw new IllegalArgumentException("must be true (the default) or false");
    };
  }

  private static Object constant(@Nullable Object value) {
    if (value == null) {
      throw new IllegalArgumentException(
          "is missing; null counts as missing, which the op EXISTS asks for");
    }
    if (value instanceof Double number && !Double.isFinite(number)) {
      throw new IllegalArgumentException("must be finite");
    }
    return value instanceof List<?> ? list(value) : value;
  }

  private static List<Object> list(@Nullable Object value) {
    if (!(value instanceof List<?> list)) {
      throw new IllegalArgumentException("must be a list");
    }
    List<Object> constants = new ArrayList<>();
    for (Object element : list) {
      constants.add(constant(element));
    }
    return constants;
  }

  private static String text(@Nullable Object value) {
    if (!(value instanceof String text)) {
      throw new IllegalArgumentException("must be a text");
    }
    return text;
  }
}
