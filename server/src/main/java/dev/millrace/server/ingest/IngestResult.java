package dev.millrace.server.ingest;

import dev.millrace.server.event.EventBatch;
import dev.millrace.server.event.Rejection;
import dev.millrace.server.log.Position;
import dev.millrace.server.storage.Receipt;
import java.util.List;

/**
 * What became of a batch that is now durable. Immutable.
 *
 * @see IngestPipeline#submit
 */
public final class IngestResult {
  /** What became of one event. */
  public enum Verdict {
    ACCEPTED,
    DUPLICATE,
    REJECTED,
    FILTERED
  }

  private final EventBatch batch;
  private final Receipt receipt;

  IngestResult(EventBatch batch, Receipt receipt) {
    this.batch = batch;
    this.receipt = receipt;
  }

  /** The number of events in the batch, of whatever verdict. */
  public int size() {
    return batch.size();
  }

  public int accepted() {
    return receipt.accepted();
  }

  public int duplicates() {
    return receipt.duplicates();
  }

  public int filtered() {
    return size() - accepted() - duplicates() - rejections().size();
  }

  public List<Rejection> rejections() {
    return batch.rejections();
  }

  /** A state that includes the batch. */
  public Position position() {
    return receipt.position();
  }

  public Verdict verdict(int row) {
    if (batch.rejected(row)) {
      return Verdict.REJECTED;
    }
    if (batch.filtered(row)) {
      return Verdict.FILTERED;
    }
    return receipt.sequences()[row] >= 0 ? Verdict.ACCEPTED : Verdict.DUPLICATE;
  }

  /** The sequence of an accepted event, else 0. */
  public long sequence(int row) {
    return Math.max(0, receipt.sequences()[row]);
  }

  /** The producer's number of the batch, 0 if it has none. */
  public long batchNumber() {
    return batch.header().batchNumber();
  }

  /** Whether the client wants every event's verdict. */
  public boolean verdictsWanted() {
    return batch.header().verdicts();
  }
}
