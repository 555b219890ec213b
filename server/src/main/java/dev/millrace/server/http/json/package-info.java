/**
 * JSON held against a message's description before anything is made of it, so that every error
 * names its field. Knows descriptors, and neither requests nor the port.
 */
@NullMarked
package dev.millrace.server.http.json;

import org.jspecify.annotations.NullMarked;
