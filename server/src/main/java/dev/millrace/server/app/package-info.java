/**
 * The program: commands, settings, and how the parts are put together. Start at {@link
 * dev.millrace.server.app.Main}; {@code Main} makes a {@code Server}, and {@code Wiring} is the one
 * place where the parts' constructors are called.
 *
 * <p>Only this package chooses a storage backend and knows the transport. Nothing else may use it.
 */
@NullMarked
package dev.millrace.server.app;

import org.jspecify.annotations.NullMarked;
