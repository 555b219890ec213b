/** The contract that every store passes, whatever its backend: extend {@code StorageContract}. */
@NullMarked
package dev.millrace.server.storage.kit;

import org.jspecify.annotations.NullMarked;
