/**
 * Version 1 of the stored form of a block of events: {@link
 * dev.millrace.server.log.format.v1.BlockWriter} makes blocks of rows of batches, {@link
 * dev.millrace.server.log.format.v1.BlockReader} reads them. The layout is drawn at {@link
 * dev.millrace.server.log.format.v1.BlockLayout}.
 *
 * <p>A released layout is read for ever and changed never: a new one gets a package of its own. The
 * golden files of the tests hold this one fast. Knows nothing of where blocks are kept; of {@code
 * storage} it knows the exceptions only.
 */
@NullMarked
package dev.millrace.server.log.format.v1;

import org.jspecify.annotations.NullMarked;
