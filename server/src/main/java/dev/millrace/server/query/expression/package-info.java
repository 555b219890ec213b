/**
 * Conditions on events: which fields there are, the expression tree that CEL text and typed filters
 * are compiled to, and its evaluation on blocks, a column at a time.
 *
 * <p>Start at {@link dev.millrace.server.query.expression.EventFilter}. Logic is two-valued: a
 * comparison with a missing value is false and nothing is ever unknown. Knows no protobuf messages.
 */
@NullMarked
package dev.millrace.server.query.expression;

import org.jspecify.annotations.NullMarked;
