/**
 * A question in the domain's form, how it is run over the shards of a snapshot, and how rows are
 * made of what the shards found.
 *
 * <p>Start at {@link dev.millrace.server.query.plan.QueryRun}. Knows storage by its seam; knows no
 * messages.
 */
@NullMarked
package dev.millrace.server.query.plan;

import org.jspecify.annotations.NullMarked;
