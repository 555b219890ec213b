package dev.millrace.server.live;

import dev.millrace.server.live.feed.Update;
import dev.millrace.v1.SubscribeResponse;
import io.grpc.MethodDescriptor;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;

/** Sends updates as their bytes, made once for all who get the same. */
final class UpdateBytes implements MethodDescriptor.Marshaller<Update> {
  static final UpdateBytes MARSHALLER = new UpdateBytes();

  private static final Update.Form<byte[]> BYTES =
      new Update.Form<>(byte[].class, SubscribeResponse::toByteArray);

  private UpdateBytes() {}

  @Override
  public InputStream stream(Update update) {
    return new ByteArrayInputStream(update.as(BYTES));
  }

  @Override
  public Update parse(InputStream stream) {
    try {
      return new Update(SubscribeResponse.parseFrom(stream));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
