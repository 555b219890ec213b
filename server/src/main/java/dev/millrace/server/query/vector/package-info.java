/**
 * Rows and their values as arrays: which rows of a block are meant, as {@link Mask} or {@link
 * Selection}, the tight loops that find them, and what is remembered of a dictionary from one block
 * to the next.
 *
 * <p>Knows columns and dictionaries of the log, but no expressions, plans or messages.
 */
@NullMarked
package dev.millrace.server.query.vector;

import org.jspecify.annotations.NullMarked;
