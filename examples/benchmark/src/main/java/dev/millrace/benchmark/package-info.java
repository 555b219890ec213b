/**
 * Measures whole servers with load programs: start at {@link dev.millrace.benchmark.Main}. A server
 * is started as a process of its own, so that its processor time and memory can be told from the
 * client's; it is the only process that is ended.
 */
@NullMarked
package dev.millrace.benchmark;

import org.jspecify.annotations.NullMarked;
