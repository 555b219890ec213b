package dev.millrace.server.log.segment.v1.encoding;

import com.github.luben.zstd.Zstd;
import com.github.luben.zstd.ZstdException;
import dev.millrace.server.log.format.v1.Input;
import dev.millrace.server.log.format.v1.Output;
import java.util.Arrays;

/**
 * A run of bytes, compressed by Zstandard (RFC 8878) where it's worth it: where values are long, as
 * addresses and user agents are. Short ones gain too little for what reading them would take.
 */
final class Blob {
  private static final int PLAIN = 0;
  private static final int ZSTD = 1;

  private static final int LEVEL = 3;

  /** Bytes of a value on average from which on compressing is tried. */
  private static final int MEAN_MIN = 12;

  /** Bytes altogether from which on compressing is tried. */
  private static final int LENGTH_MIN = 256;

  /** No blob is longer when decompressed: bounds what a broken length can allocate. */
  private static final int LENGTH_MAX = 1 << 30;

  private Blob() {}

  /** Writes the bytes of so many values. */
  static void write(Output out, byte[] bytes, int length, int values) {
    if (length >= LENGTH_MIN && length / values >= MEAN_MIN) {
      byte[] compressed = new byte[(int) Zstd.compressBound(length)];
      long size = Zstd.compressByteArray(compressed, 0, compressed.length, bytes, 0, length, LEVEL);
      if (!Zstd.isError(size) && size < length - length / 5) {
        out.putByte(ZSTD);
        out.putInt(length);
        out.putInt((int) size);
        out.put(compressed, 0, (int) size);
        return;
      }
    }
    out.putByte(PLAIN);
    out.putInt(length);
    out.put(bytes, 0, length);
  }

  /** Reads bytes into an array of their own. */
  static byte[] read(Input in) {
    int form = in.getByte();
    int length = in.getInt();
    return switch (form) {
      case PLAIN -> {
        int at = in.take(length);
        yield Arrays.copyOfRange(in.bytes(), at, at + length);
      }
      case ZSTD -> decompressed(in, length);
      default -> throw new IllegalArgumentException("unknown form %d".formatted(form));
    };
  }

  private static byte[] decompressed(Input in, int length) {
    int compressed = in.getInt();
    int at = in.take(compressed);
    if (length < 0 || length > LENGTH_MAX) {
      throw new IllegalArgumentException("%d bytes".formatted(length));
    }
    byte[] bytes = new byte[length];
    try {
      long size = Zstd.decompressByteArray(bytes, 0, length, in.bytes(), at, compressed);
      if (Zstd.isError(size) || size != length) {
        throw new IllegalArgumentException("%d bytes in place of %d".formatted(size, length));
      }
    } catch (ZstdException e) {
      throw new IllegalArgumentException(e.getMessage(), e);
    }
    return bytes;
  }
}
