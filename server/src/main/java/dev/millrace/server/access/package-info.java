/**
 * Who calls, and what they may do: API keys and the projects they are bound to. Knows no transport:
 * how a request's caller is found is given to features as a {@link
 * dev.millrace.server.access.CurrentCaller}.
 */
@NullMarked
package dev.millrace.server.access;

import org.jspecify.annotations.NullMarked;
