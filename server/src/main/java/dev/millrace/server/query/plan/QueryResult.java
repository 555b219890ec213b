package dev.millrace.server.query.plan;

import dev.millrace.server.query.time.TimeSpan;
import java.util.List;

/**
 * The answer to a question.
 *
 * @param span the range, open ends filled in with the events found, where there are any
 * @param scan what the scan did, for people to read
 */
public record QueryResult(List<ResultRow> rows, long rowsScanned, TimeSpan span, String scan) {}
