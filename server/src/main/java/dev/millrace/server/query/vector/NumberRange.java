package dev.millrace.server.query.vector;

/**
 * The numbers from one to another, both included; none if the first isn't the lesser.
 *
 * @param min minus infinity if open
 * @param max infinity if open
 */
public record NumberRange(double min, double max) {
  private static final NumberRange NOTHING =
      new NumberRange(Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY);

  /** One number. */
  public static NumberRange of(double number) {
    return new NumberRange(number, number);
  }

  /** The finite numbers that compare so with a constant, which {@code !=} isn't for. */
  public static NumberRange of(Comparison comparison, double constant) {
    double least = Double.NEGATIVE_INFINITY;
    double most = Double.POSITIVE_INFINITY;
    return switch (comparison) {
      case EQUAL -> of(constant);
      case NOT_EQUAL -> throw new IllegalArgumentException("not a range");
      case LESS -> constant == least ? NOTHING : new NumberRange(least, Math.nextDown(constant));
      case LESS_OR_EQUAL -> new NumberRange(least, constant);
      case GREATER -> constant == most ? NOTHING : new NumberRange(Math.nextUp(constant), most);
      case GREATER_OR_EQUAL -> new NumberRange(constant, most);
    };
  }
}
