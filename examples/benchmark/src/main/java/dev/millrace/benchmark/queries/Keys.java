package dev.millrace.benchmark.queries;

import java.util.Locale;

/** What the questions are about, and what their rows are called. */
final class Keys {
  static final String COUNTRY = ShopEvents.country(7);
  static final String PAGE = ShopEvents.page(5);
  static final String DEVICE = "mobile";

  private Keys() {}

  /** The row's own name, but its rank in a top list, where equal counts leave the order open. */
  static String of(Question question, String name, int rank) {
    return question == Question.Q3 ? String.format(Locale.ROOT, "%02d", rank) : name;
  }
}
