/**
 * The archive beside the jar: classes that are loaded, linked and profiled already, from which a
 * JVM starts the server in half the time (JEP 483, 514 and 515). {@link
 * dev.millrace.server.archive.Restart} makes a plain {@code java -jar} use it, {@link
 * dev.millrace.server.archive.ArchiveMaker} makes it.
 *
 * <p>Must not use the rest of the server, whose classes would cost the start what the archive
 * saves.
 */
@NullMarked
package dev.millrace.server.archive;

import org.jspecify.annotations.NullMarked;
