package dev.millrace.client;

/**
 * Hears what became of every batch, once for each, in the order of their numbers, on the producer's
 * own thread: a slow listener slows the producer down. What it throws is logged and goes no
 * further.
 */
public interface OutcomeListener {
  /** The batch is durable. */
  void acknowledged(BatchOutcome outcome);

  /**
   * The producer has given up with the batch still unacknowledged; whether the server has it is
   * unknown.
   *
   * @param batchNumber the batch's number
   * @param events the events it held
   * @param cause why the producer gave up
   */
  default void failed(long batchNumber, int events, ProducerException cause) {}
}
