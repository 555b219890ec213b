/** Sends recorded or made-up events to a server. */
@NullMarked
package dev.millrace.replay;

import org.jspecify.annotations.NullMarked;
