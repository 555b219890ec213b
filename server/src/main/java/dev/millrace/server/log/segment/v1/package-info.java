/**
 * Version 1 of sealed segments: {@link dev.millrace.server.log.segment.v1.SegmentWriter} merges
 * blocks into one, {@link dev.millrace.server.log.segment.v1.SegmentReader} opens it. The layout is
 * drawn at {@link dev.millrace.server.log.segment.v1.SegmentLayout}; {@code doc-files/layout.html}
 * shows it as a picture.
 *
 * <p>A released layout is read for ever and changed never: a new one gets a package of its own. The
 * golden files of the tests hold this one fast.
 */
@NullMarked
package dev.millrace.server.log.segment.v1;

import org.jspecify.annotations.NullMarked;
