package dev.millrace.server.query;

import dev.millrace.server.query.expression.Filter;
import java.util.List;

/** Turns filter messages into the domain's form. */
final class FilterMapper {
  private FilterMapper() {}

  static Filter filter(dev.millrace.v1.Filter message) {
    boolean test = !message.getField().isEmpty();
    boolean stray = !test && (message.getOpValue() != 0 || message.hasValue());
    int forms =
        (test || stray ? 1 : 0)
            + (message.getAllCount() > 0 ? 1 : 0)
            + (message.getAnyCount() > 0 ? 1 : 0)
            + (message.hasNot() ? 1 : 0);
    if (forms != 1) {
      return new Filter.Malformed(
          "must have either field, op and value, or one of all, any and not");
    }
    if (stray) {
      return new Filter.Malformed("op and value need a field");
    }
    if (test) {
      return new Filter.Test(
          message.getField(), op(message.getOp()), ProtoValues.of(message.getValue()));
    }
    if (message.hasNot()) {
      return new Filter.Not(filter(message.getNot()));
    }
    return message.getAllCount() > 0
        ? new Filter.All(filters(message.getAllList()))
        : new Filter.Any(filters(message.getAnyList()));
  }

  private static List<Filter> filters(List<dev.millrace.v1.Filter> messages) {
    return messages.stream().map(FilterMapper::filter).toList();
  }

  private static Filter.Op op(dev.millrace.v1.Filter.Op op) {
    return switch (op) {
      case OP_UNSPECIFIED, EQ -> Filter.Op.EQ;
      case NEQ -> Filter.Op.NEQ;
      case GT -> Filter.Op.GT;
      case GTE -> Filter.Op.GTE;
      case LT -> Filter.Op.LT;
      case LTE -> Filter.Op.LTE;
      case IN -> Filter.Op.IN;
      case NOT_IN -> Filter.Op.NOT_IN;
      case CONTAINS -> Filter.Op.CONTAINS;
      case STARTS_WITH -> Filter.Op.STARTS_WITH;
      case ENDS_WITH -> Filter.Op.ENDS_WITH;
      case MATCHES -> Filter.Op.MATCHES;
      case EXISTS -> Filter.Op.EXISTS;
      case UNRECOGNIZED -> Filter.Op.UNKNOWN;
    };
  }
}
