/** Measures the server's parts with JMH, and whole servers with load programs. */
@NullMarked
package dev.millrace.benchmark;

import org.jspecify.annotations.NullMarked;
