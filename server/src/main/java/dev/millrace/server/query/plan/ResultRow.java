package dev.millrace.server.query.plan;

import dev.millrace.server.query.operator.Figure;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A row of an answer.
 *
 * @param bucket the start of the bucket, microseconds since 1970; null without buckets
 * @param keys the value of each field of the grouping: null, a Boolean, a Double or a String
 * @param figures by measure
 * @param previous by measure, of the range compared with; empty without a comparison
 * @param partial whether the range or the clock cuts the bucket
 * @param others whether the row puts together what the limit left out; its keys are all null
 */
public record ResultRow(
    @Nullable Long bucket,
    List<@Nullable Object> keys,
    List<Figure> figures,
    List<Figure> previous,
    boolean partial,
    boolean others) {}
