/**
 * What is to become a segment, gathered from blocks: the order of rows, and one column at a time by
 * that order. Knows blocks, but nothing of how a segment is laid out.
 */
@NullMarked
package dev.millrace.server.log.segment.v1.merge;

import org.jspecify.annotations.NullMarked;
