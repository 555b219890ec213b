/**
 * Tests of the packaged server from outside: a process of its own, reached only over its port.
 * Start at {@link dev.millrace.server.acceptance.ServerProcess}. Nothing here looks inside the
 * server.
 */
@NullMarked
package dev.millrace.server.acceptance;

import org.jspecify.annotations.NullMarked;
