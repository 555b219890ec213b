package dev.millrace.server.ingest;

/**
 * What one stream may have under way; beyond it the client waits, by HTTP/2 flow control.
 *
 * @param batches batches taken but not acknowledged, at least 1
 * @param bytes bytes of such batches; the batch that passes it is still taken
 */
public record StreamLimits(int batches, long bytes) {
  public static final StreamLimits DEFAULT = new StreamLimits(16, 16L << 20);
}
