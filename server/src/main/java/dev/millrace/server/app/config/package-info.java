/**
 * The settings: what there is ({@link dev.millrace.server.app.config.Setting}), where values come
 * from, and the checked result ({@link dev.millrace.server.app.config.ServerConfig}). Knows nothing
 * of how a server is put together.
 */
@NullMarked
package dev.millrace.server.app.config;

import org.jspecify.annotations.NullMarked;
