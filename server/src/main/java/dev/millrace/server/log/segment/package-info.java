/**
 * Sealed segments: many events sorted by (time, sequence), stored column by column in chunks,
 * written once and never changed. Start at {@link dev.millrace.server.log.segment.Segment}; how
 * bytes are laid out is the business of the version packages below this one.
 *
 * <p>Knows nothing of where chunks are kept, which segments there are, or when events are sealed.
 */
@NullMarked
package dev.millrace.server.log.segment;

import org.jspecify.annotations.NullMarked;
