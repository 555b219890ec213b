/**
 * Questions about events: the service, and what turns its messages into plans and results into
 * messages.
 *
 * <p>Start at {@link dev.millrace.server.query.QueryEngine}. {@code query.expression} holds
 * conditions and how they are evaluated, {@code query.time} ranges and buckets, {@code
 * query.operator} grouping and aggregates, {@code query.plan} the domain's form of a question and
 * its execution. Only the service and the mappers here know protobuf messages; nothing here knows
 * Armeria or a storage backend.
 */
@NullMarked
package dev.millrace.server.query;

import org.jspecify.annotations.NullMarked;
