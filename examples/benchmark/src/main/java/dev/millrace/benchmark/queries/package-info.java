/**
 * The same made-up events and the same six questions in Millrace, DuckDB and QuestDB. Start at
 * {@link dev.millrace.benchmark.queries.QueriesCommand}; each engine is a {@code Store}.
 *
 * <p>No other package may use the two peers, and nothing here may reach into Millrace's own parts:
 * it is asked as any client asks it.
 */
@NullMarked
package dev.millrace.benchmark.queries;

import org.jspecify.annotations.NullMarked;
