package dev.millrace.server.ingest;

import dev.millrace.server.event.EventBatch;

/**
 * A batch that is ready to be handed to the store: validated, stamped and hashed. Submitting it
 * again after it was refused costs nothing twice. Used by one thread at a time.
 */
public final class PreparedBatch {
  private final String project;
  private final String callerName;
  private final EventBatch batch;
  private boolean admitted;

  PreparedBatch(String project, String callerName, EventBatch batch) {
    this.project = project;
    this.callerName = callerName;
    this.batch = batch;
  }

  public String project() {
    return project;
  }

  String callerName() {
    return callerName;
  }

  public EventBatch batch() {
    return batch;
  }

  /** Whether the rate limit has let it through before. */
  boolean admitted() {
    return admitted;
  }

  void markAdmitted() {
    admitted = true;
  }
}
