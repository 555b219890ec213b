/**
 * Time as questions see it: ranges, buckets that follow a zone's calendar, lengths of time.
 *
 * <p>All instants are microseconds since 1970. Knows nothing of events or messages.
 */
@NullMarked
package dev.millrace.server.query.time;

import org.jspecify.annotations.NullMarked;
