/**
 * Events from JSON: {@link dev.millrace.server.event.json.JsonDecoder} for the contract's own form,
 * {@link dev.millrace.server.event.json.CollectDecoder} for what people actually send.
 *
 * <p>Both read tokens straight into a batch, without a tree and without generated protobuf classes.
 */
@NullMarked
package dev.millrace.server.event.json;

import org.jspecify.annotations.NullMarked;
