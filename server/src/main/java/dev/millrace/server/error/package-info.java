/**
 * The errors a caller can get, by kind and without a transport. Features throw them; {@code
 * http.ErrorMapper} alone turns them, and the store's own, into {@code google.rpc.Status}.
 */
@NullMarked
package dev.millrace.server.error;

import org.jspecify.annotations.NullMarked;
