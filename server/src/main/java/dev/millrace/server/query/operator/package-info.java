/**
 * What a plan is made of: selections of rows, groups of events by keys, and aggregates by group.
 *
 * <p>Everything works on a block at a time and its results merge across blocks and shards: a
 * block's rows get a group number each, by translating its dictionaries to keys; aggregates are
 * updated with the numbers and a column. Where the times of a block ascend and there is nothing but
 * buckets to tell rows apart, a bucket's rows are a run and have one number. Knows nothing of
 * messages, requests or storage.
 */
@NullMarked
package dev.millrace.server.query.operator;

import org.jspecify.annotations.NullMarked;
