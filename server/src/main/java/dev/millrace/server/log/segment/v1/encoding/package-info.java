/**
 * The encodings that version 1 of sealed segments is made of: bit-packed integers, numbers, codes,
 * texts, and which rows have a value. The bytes are drawn at {@link
 * dev.millrace.server.log.segment.v1.SegmentLayout}.
 *
 * <p>Each encoding writes to an {@code Output} and reads from an {@code Input}; none knows of
 * columns, pieces or chunks. Bytes that weren't written here give an {@link
 * java.lang.IndexOutOfBoundsException}, {@link java.lang.IllegalArgumentException} or {@link
 * java.lang.ArithmeticException} when read.
 */
@NullMarked
package dev.millrace.server.log.segment.v1.encoding;

import org.jspecify.annotations.NullMarked;
