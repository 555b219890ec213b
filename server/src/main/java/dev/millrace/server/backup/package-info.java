/**
 * Copies of the store while it is in use, and back: one file, a ZIP archive whose last entry is a
 * manifest. It knows directories and streams; what is in the copied files is the store's business,
 * and who may ask for them the transports'.
 */
@NullMarked
package dev.millrace.server.backup;

import org.jspecify.annotations.NullMarked;
