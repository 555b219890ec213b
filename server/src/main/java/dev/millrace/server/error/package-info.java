/**
 * The errors there are, by kind and without a transport: a caller's ({@code ApiException}) and the
 * store's ({@code StorageException}). Whoever finds one throws it; {@code http.ErrorMapper} alone
 * turns it into {@code google.rpc.Status}.
 */
@NullMarked
package dev.millrace.server.error;

import org.jspecify.annotations.NullMarked;
