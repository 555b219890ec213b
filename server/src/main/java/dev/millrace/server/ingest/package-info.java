/**
 * The way of events in: decode, validate, stamp, hash, hand to the store, acknowledge. {@link
 * dev.millrace.server.ingest.IngestPipeline} is that way; {@link
 * dev.millrace.server.ingest.IngestService} brings it to gRPC, and {@code ingest.rest} to JSON.
 *
 * <p>Start at {@code IngestPipeline}. Knows {@code event}, {@code storage} and the contract's
 * messages, but no HTTP server and no backend.
 */
@NullMarked
package dev.millrace.server.ingest;

import org.jspecify.annotations.NullMarked;
