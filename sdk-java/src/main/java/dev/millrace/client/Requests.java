package dev.millrace.client;

import dev.millrace.v1.IngestServiceGrpc;
import dev.millrace.v1.PublishEventsResponse;
import dev.millrace.v1.StreamEventsResponse;
import io.grpc.MethodDescriptor;
import java.io.InputStream;
import java.time.InstantSource;

/** The methods that take batches, with marshallers that send a batch's bytes as they are. */
final class Requests {
  private static final int PROJECT = 1;
  private static final int PRODUCER_ID = 3;
  private static final int EPOCH = 4;
  private static final int BATCH_NUMBER = 5;
  private static final int SENT_AT = 6;

  private Requests() {}

  static MethodDescriptor<Batch, PublishEventsResponse> publish(
      ProducerOptions options, InstantSource clock) {
    return IngestServiceGrpc.getPublishEventsMethod().toBuilder(
            new BatchMarshaller(batch -> head(options, clock, batch)),
            IngestServiceGrpc.getPublishEventsMethod().getResponseMarshaller())
        .build();
  }

  static MethodDescriptor<Batch, StreamEventsResponse> upload(String project) {
    byte[] head = new EventEncoder().text(PROJECT, project).toBytes();
    return IngestServiceGrpc.getStreamEventsMethod().toBuilder(
            new BatchMarshaller(batch -> head),
            IngestServiceGrpc.getStreamEventsMethod().getResponseMarshaller())
        .build();
  }

  private static byte[] head(ProducerOptions options, InstantSource clock, Batch batch) {
    WireWriter head = new WireWriter(64);
    if (!options.project().isEmpty()) {
      head.textField(PROJECT, options.project());
    }
    head.textField(PRODUCER_ID, options.producerId());
    head.varintField(EPOCH, options.epoch());
    head.varintField(BATCH_NUMBER, batch.number());
    if (options.clockCorrection()) {
      head.raw(new EventEncoder().time(SENT_AT, clock.instant()).toBytes());
    }
    return head.toBytes();
  }

  /** The fields of a request before its events. */
  private interface Head {
    byte[] of(Batch batch);
  }

  private record BatchMarshaller(Head head) implements MethodDescriptor.Marshaller<Batch> {
    @Override
    public InputStream stream(Batch batch) {
      return new BatchStream(head.of(batch), batch.body(), batch.size());
    }

    @Override
    public Batch parse(InputStream stream) {
      throw new UnsupportedOperationException("a client doesn't read requests");
    }
  }
}
