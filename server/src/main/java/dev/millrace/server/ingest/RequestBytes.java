package dev.millrace.server.ingest;

import io.grpc.MethodDescriptor;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;

/** Takes requests as the bytes they came as: what they hold goes straight into columns. */
final class RequestBytes implements MethodDescriptor.Marshaller<byte[]> {
  static final RequestBytes MARSHALLER = new RequestBytes();

  private RequestBytes() {}

  @Override
  public InputStream stream(byte[] value) {
    return new ByteArrayInputStream(value);
  }

  @Override
  public byte[] parse(InputStream stream) {
    try {
      byte[] bytes = new byte[stream.available()];
      int read = stream.readNBytes(bytes, 0, bytes.length);
      int next = stream.read();
      if (next < 0 && read == bytes.length) {
        return bytes;
      }
      return withRest(bytes, read, next, stream);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** For streams that don't know how much is left, such as a decompressor's. */
  private static byte[] withRest(byte[] bytes, int read, int next, InputStream stream)
      throws IOException {
    ByteArrayOutputStream all = new ByteArrayOutputStream(Math.max(1_024, 2 * read));
    all.write(bytes, 0, read);
    if (next >= 0) {
      all.write(next);
      stream.transferTo(all);
    }
    return all.toByteArray();
  }
}
