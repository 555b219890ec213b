package dev.millrace.server.query.expression;

import dev.cel.common.ast.CelConstant;
import dev.cel.common.ast.CelExpr;
import dev.cel.common.ast.CelExpr.CelCall;
import dev.cel.common.ast.CelExpr.ExprKind.Kind;
import dev.millrace.server.event.PropertyPath;
import dev.millrace.server.query.expression.CelCompiler.Misplaced;
import dev.millrace.server.query.vector.Comparison;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Translates one syntax tree. */
final class CelTranslator {
  private static final int NODES_MAX = 4_096;

  private static final Map<String, Comparison> COMPARISONS =
      Map.of(
          "_==_", Comparison.EQUAL,
          "_!=_", Comparison.NOT_EQUAL,
          "_<_", Comparison.LESS,
          "_<=_", Comparison.LESS_OR_EQUAL,
          "_>_", Comparison.GREATER,
          "_>=_", Comparison.GREATER_OR_EQUAL);

  private static final Map<String, Value.Arithmetic.Operator> ARITHMETIC =
      Map.of(
          "_+_", Value.Arithmetic.Operator.PLUS,
          "_-_", Value.Arithmetic.Operator.MINUS,
          "_*_", Value.Arithmetic.Operator.TIMES,
          "_/_", Value.Arithmetic.Operator.DIVIDED_BY,
          "_%_", Value.Arithmetic.Operator.MODULO);

  private static final Map<String, Predicate.TextRelation> RELATIONS =
      Map.of(
          "contains", Predicate.TextRelation.CONTAINS,
          "startsWith", Predicate.TextRelation.STARTS_WITH,
          "endsWith", Predicate.TextRelation.ENDS_WITH);

  private static final String SUPPORTED =
      "; supported are && || ! == != < <= > >= in + - * / % ?: and has, size, contains, startsWith, endsWith,"
          + " matches, timestamp, duration, exists, all";

  private int nodes;
  private int depth;
  private @Nullable String variable;

  /** Translates an expression that must be true or false. */
  Predicate predicate(CelExpr expression) {
    enter(expression);
    Predicate result = predicateOf(expression);
    depth--;
    return result;
  }

  private Predicate predicateOf(CelExpr expression) {
    if (expression.getKind() == Kind.CONSTANT) {
      if (expression.constant().getKind() == CelConstant.Kind.BOOLEAN_VALUE) {
        return new Predicate.Always(expression.constant().booleanValue());
      }
      throw new Misplaced(expression, "a condition is needed here, found a constant");
    }
    Predicate called =
        expression.getKind() == Kind.CALL ? call(expression, expression.call()) : null;
    return called != null ? called : truth(expression);
  }

  private Predicate truth(CelExpr expression) {
    Value value = value(expression);
    return switch (value) {
      case Value.Constant _, Value.Arithmetic _, Value.Size _, Value.Temporal _ ->
          throw new Misplaced(
              expression, "a condition is needed here, this is never true or false");
      case Value.FieldOf _, Value.Element _, Value.Conditional _ -> new Predicate.IsTrue(value);
      case Value.Truth truth -> truth.predicate();
    };
  }

  /** The condition that a call is, or null if it gives another value. */
  private @Nullable Predicate call(CelExpr expression, CelCall call) {
    List<CelExpr> args = call.args();
    String function = call.function();
    Comparison comparison = COMPARISONS.get(function);
    if (comparison != null) {
      return compare(expression, comparison, args.get(0), args.get(1));
    }
    if (RELATIONS.containsKey(function) || function.equals("matches")) {
      return textCall(expression, call);
    }
    return switch (function) {
      case "_&&_" -> new Predicate.And(predicate(args.get(0)), predicate(args.get(1)));
      case "_||_" -> new Predicate.Or(predicate(args.get(0)), predicate(args.get(1)));
      case "!_" -> new Predicate.Not(predicate(args.get(0)));
      case "@in" -> in(expression, args.get(0), args.get(1));
      case "has" -> has(expression, call);
      case "exists", "all" -> elements(expression, call);
      default -> null;
    };
  }

  private Predicate compare(
      CelExpr expression, Comparison comparison, CelExpr left, CelExpr right) {
    Value a = value(left);
    Value b = value(right);
    return checked(expression, () -> Conditions.compare(comparison, a, b));
  }

  private Predicate textCall(CelExpr expression, CelCall call) {
    List<CelExpr> args = new ArrayList<>();
    call.target().ifPresent(args::add);
    args.addAll(call.args());
    if (args.size() != 2) {
      throw new Misplaced(
          expression, call.function() + " is written text." + call.function() + "(part)");
    }
    Value text = value(args.get(0));
    Value part = value(args.get(1));
    Predicate.TextRelation relation = RELATIONS.get(call.function());
    if (relation != null) {
      return checked(expression, () -> Conditions.textMatch(relation, text, part));
    }
    if (part instanceof Value.Constant(String pattern)) {
      return checked(args.get(1), () -> Conditions.matches(text, pattern));
    }
    throw new Misplaced(args.get(1), "matches takes a constant pattern");
  }

  private Predicate in(CelExpr expression, CelExpr element, CelExpr list) {
    Value value = value(element);
    if (list.getKind() == Kind.LIST) {
      if (value instanceof Value.Temporal) {
        Predicate any = new Predicate.Always(false);
        for (CelExpr each : list.list().elements()) {
          any = new Predicate.Or(any, compare(each, Comparison.EQUAL, element, each));
        }
        return any;
      }
      List<Object> listed = constants(list);
      return checked(expression, () -> Conditions.in(value, listed));
    }
    Value lists = value(list);
    if (value instanceof Value.Temporal
        || !(lists instanceof Value.FieldOf || lists instanceof Value.Element)) {
      throw new Misplaced(
          expression, "in takes a list, or a field that has lists, on its right side");
    }
    return new Predicate.Has(lists, value);
  }

  private Predicate has(CelExpr expression, CelCall call) {
    if (call.args().size() != 1 || call.target().isPresent()) {
      throw new Misplaced(expression, "has is written has(field)");
    }
    Value value = value(call.args().getFirst());
    if (value instanceof Value.FieldOf || value instanceof Value.Temporal) {
      return Conditions.present(value);
    }
    throw new Misplaced(expression, "has takes a field, as in has(properties.page)");
  }

  private Predicate elements(CelExpr expression, CelCall call) {
    if (call.target().isEmpty()
        || call.args().size() != 2
        || call.args().getFirst().getKind() != Kind.IDENT) {
      throw new Misplaced(
          expression, "%s is written list.%1$s(x, condition)".formatted(call.function()));
    }
    if (variable != null) {
      throw new Misplaced(expression, "exists and all can't be nested");
    }
    Value list = value(call.target().get());
    if (!(list instanceof Value.FieldOf)) {
      throw new Misplaced(expression, call.function() + " runs over a field that has lists");
    }
    variable = call.args().getFirst().ident().name();
    Predicate condition = predicate(call.args().get(1));
    variable = null;
    return new Predicate.Elements(list, call.function().equals("all"), condition);
  }

  /** Translates an expression that gives a value. */
  private Value value(CelExpr expression) {
    enter(expression);
    Value result =
        switch (expression.getKind()) {
          case CONSTANT -> new Value.Constant(constant(expression));
          case LIST -> new Value.Constant(constants(expression));
          case IDENT, SELECT -> field(expression);
          case CALL -> valueOfCall(expression, expression.call());
          case NOT_SET, STRUCT, MAP, COMPREHENSION ->
              throw new Misplaced(expression, "maps and messages aren't supported" + SUPPORTED);
        };
    depth--;
    return result;
  }

  private Value valueOfCall(CelExpr expression, CelCall call) {
    List<CelExpr> args = call.args();
    String function = call.function();
    Value.Arithmetic.Operator operator = ARITHMETIC.get(function);
    if (operator != null) {
      Value left = value(args.get(0));
      Value right = value(args.get(1));
      return checked(expression, () -> Conditions.arithmetic(operator, left, right));
    }
    return switch (function) {
      case "-_" -> negated(expression, value(args.getFirst()));
      case "_[_]" -> field(expression);
      case "_?_:_" -> conditional(expression, args);
      case "size" -> size(expression, call);
      case "timestamp" -> {
        String text = textArgument(expression, call);
        yield checked(expression, () -> Conditions.timestamp(text));
      }
      case "duration" -> {
        String text = textArgument(expression, call);
        yield checked(expression, () -> new Value.Temporal(0, CelDuration.parse(text), true));
      }
      default -> {
        Predicate condition = call(expression, call);
        if (condition == null) {
          throw new Misplaced(
              expression, "unknown function '" + Conditions.cut(function) + "'" + SUPPORTED);
        }
        yield new Value.Truth(condition);
      }
    };
  }

  private Value negated(CelExpr expression, Value value) {
    if (value instanceof Value.Constant(Double number)) {
      return new Value.Constant(-number);
    }
    return checked(
        expression,
        () ->
            Conditions.arithmetic(Value.Arithmetic.Operator.MINUS, new Value.Constant(0.0), value));
  }

  private Value conditional(CelExpr expression, List<CelExpr> args) {
    Predicate condition = predicate(args.get(0));
    Value then = value(args.get(1));
    Value otherwise = value(args.get(2));
    if (then instanceof Value.Temporal || otherwise instanceof Value.Temporal) {
      throw new Misplaced(expression, "?: doesn't give times");
    }
    return new Value.Conditional(condition, then, otherwise);
  }

  private Value size(CelExpr expression, CelCall call) {
    List<CelExpr> args = new ArrayList<>(call.args());
    call.target().ifPresent(args::add);
    if (args.size() == 1) {
      Value value = value(args.getFirst());
      if (!(value instanceof Value.Temporal || value instanceof Value.Truth)) {
        return new Value.Size(value);
      }
    }
    throw new Misplaced(expression, "size takes one text or list");
  }

  private static String textArgument(CelExpr expression, CelCall call) {
    if (call.args().size() == 1
        && call.target().isEmpty()
        && call.args().getFirst().getKind() == Kind.CONSTANT
        && call.args().getFirst().constant().getKind() == CelConstant.Kind.STRING_VALUE) {
      return call.args().getFirst().constant().stringValue();
    }
    throw new Misplaced(expression, call.function() + " takes one constant text");
  }

  private List<Object> constants(CelExpr list) {
    List<Object> constants = new ArrayList<>();
    for (CelExpr element : list.list().elements()) {
      switch (element.getKind()) {
        case CONSTANT -> constants.add(constant(element));
        case LIST -> {
          enter(element);
          constants.add(constants(element));
          depth--;
        }
        default -> throw new Misplaced(element, "lists hold constants only");
      }
    }
    return constants;
  }

  private static Object constant(CelExpr expression) {
    CelConstant constant = expression.constant();
    return switch (constant.getKind()) {
      case BOOLEAN_VALUE -> constant.booleanValue();
      case INT64_VALUE -> (double) constant.int64Value();
      case UINT64_VALUE -> constant.uint64Value().doubleValue();
      case DOUBLE_VALUE -> constant.doubleValue();
      case STRING_VALUE -> constant.stringValue();
      case NULL_VALUE ->
          throw new Misplaced(expression, "null counts as missing: ask has(field) or !has(field)");
      default -> throw new Misplaced(expression, "bytes aren't supported");
    };
  }

  /** A field, written as a name, with members and with keys in brackets. */
  private Value field(CelExpr expression) {
    List<String> keys = new ArrayList<>();
    CelExpr at = expression;
    while (at.getKind() != Kind.IDENT) {
      if (at.getKind() == Kind.SELECT) {
        keys.addFirst(at.select().field());
        at = at.select().operand();
      } else if (at.getKind() == Kind.CALL
          && at.call().function().equals("_[_]")
          && at.call().args().get(1).getKind() == Kind.CONSTANT
          && at.call().args().get(1).constant().getKind() == CelConstant.Kind.STRING_VALUE) {
        keys.addFirst(at.call().args().get(1).constant().stringValue());
        at = at.call().args().get(0);
      } else {
        throw new Misplaced(
            at, "a field is needed here, such as properties.geo.lat or properties[\"a.b\"]");
      }
    }
    String name = at.ident().name();
    if (name.equals(variable) && keys.isEmpty()) {
      return new Value.Element();
    }
    if (variable != null) {
      throw new Misplaced(
          at, "only '%s' and constants can be used within exists and all".formatted(variable));
    }
    return checked(expression, () -> Conditions.field(field(name, keys)));
  }

  private static Field field(String name, List<String> keys) {
    if (keys.isEmpty()) {
      return Field.parse(name);
    }
    String path = name.equals("properties") ? "" : PropertyPath.child("", name);
    for (String key : keys) {
      path = PropertyPath.child(path, key);
    }
    if (name.equals("properties")) {
      return Field.parse(Field.PROPERTIES + path);
    }
    if (name.equals("context")) {
      return Field.parse(path);
    }
    if (Field.parse(name).fieldName().equals(name)) {
      throw new IllegalArgumentException("the field '" + name + "' has no members");
    }
    return Field.parse(Field.PROPERTIES + path);
  }

  private void enter(CelExpr expression) {
    if (++nodes > NODES_MAX) {
      throw new Misplaced(
          expression, "the expression has more than %,d parts".formatted(NODES_MAX));
    }
    if (++depth > CelCompiler.DEPTH_MAX) {
      throw new Misplaced(
          expression,
          "the expression is nested more than %d deep".formatted(CelCompiler.DEPTH_MAX));
    }
  }

  private static <T> T checked(CelExpr expression, Supplier<T> made) {
    try {
      return made.get();
    } catch (IllegalArgumentException e) {
      throw new Misplaced(expression, String.valueOf(e.getMessage()));
    }
  }
}
