/**
 * Events from their protobuf bytes: {@link dev.millrace.server.event.wire.WireDecoder} walks a
 * request and fills a batch whose texts are slices of the request itself.
 *
 * <p>Knows the field numbers of the contract, but none of its generated classes; a test compares
 * the two.
 */
@NullMarked
package dev.millrace.server.event.wire;

import org.jspecify.annotations.NullMarked;
