/**
 * JSON forms of ingest that don't go through transcoding: {@code POST /v1/events} and {@code POST
 * /v1/collect} decode straight into a batch.
 *
 * <p>The only part of ingest that knows Armeria.
 */
@NullMarked
package dev.millrace.server.ingest.rest;

import org.jspecify.annotations.NullMarked;
