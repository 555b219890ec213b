/** The server about itself: statistics. Knows the store through its figures only. */
@NullMarked
package dev.millrace.server.system;

import org.jspecify.annotations.NullMarked;
