package dev.millrace.benchmark.queries;

/** What is asked, and how far an answer may be from another engine's. */
enum Question {
  Q1("counts per minute of the last 24 h", 0, 0),
  Q2("sum by type over 7 days", 1e-9, 0),
  Q3("top 10 pages of one country", 0, 0),
  /** Millrace estimates what is too large to remember: 2 % is more than its bounds. */
  Q4("distinct users per day", 0.02, 0),
  /** Estimates in all: values are spread evenly over 200, so that a rank's error shows as this. */
  Q5("p50, p95, p99 of value by type, last 24 h", 0, 4),
  Q6("hourly counts of one page and device", 0, 0);

  final String meaning;
  final double relative;
  final double absolute;

  Question(String meaning, double relative, double absolute) {
    this.meaning = meaning;
    this.relative = relative;
    this.absolute = absolute;
  }
}
