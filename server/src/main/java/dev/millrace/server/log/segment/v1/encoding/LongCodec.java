package dev.millrace.server.log.segment.v1.encoding;

import dev.millrace.server.log.format.v1.Input;
import dev.millrace.server.log.format.v1.Output;
import java.util.Arrays;

/** Times and sequences: integers that mostly ascend, or stay the same for long. */
public final class LongCodec {
  private static final int FRAME = 0;
  private static final int DELTA = 1;
  private static final int RAMP = 2;
  private static final int RUNS = 3;

  private LongCodec() {}

  /** Writes n values, at least one, in the smallest of the forms. */
  public static void write(Output out, long[] values, int n) {
    long[] deltas = new long[n - 1];
    long[] ramp = new long[n];
    ramp[0] = values[0];
    for (int i = 1; i < n; i++) {
      deltas[i - 1] = values[i] - values[i - 1];
      ramp[i] = values[i] - i;
    }
    PackedLongs.Plan frame = PackedLongs.plan(values, n);
    PackedLongs.Plan delta = PackedLongs.plan(deltas, n - 1);
    PackedLongs.Plan ramped = PackedLongs.plan(ramp, n);
    long least = Math.min(frame.bytes(), Math.min(delta.bytes() + 8, ramped.bytes()));
    int runs = Runs.count(values, n);
    if (runs > 0) {
      int begin = out.position();
      out.putByte(RUNS);
      Runs.write(out, values, n, runs);
      if (out.position() - begin <= least) {
        return;
      }
      out.rewind(begin);
    }
    if (frame.bytes() == least) {
      out.putByte(FRAME);
      PackedLongs.write(out, values, n, frame);
    } else if (ramped.bytes() == least) {
      out.putByte(RAMP);
      PackedLongs.write(out, ramp, n, ramped);
    } else {
      out.putByte(DELTA);
      out.putLong(values[0]);
      PackedLongs.write(out, deltas, n - 1, delta);
    }
  }

  /** Reads n values, at least one. */
  public static long[] read(Input in, int n, Scratch scratch) {
    int form = in.getByte();
    return switch (form) {
      case FRAME -> PackedLongs.read(in, n, scratch);
      case DELTA -> readDeltas(in, n, scratch);
      case RAMP -> {
        long[] values = PackedLongs.read(in, n, scratch);
        for (int i = 0; i < n; i++) {
          values[i] += i;
        }
        yield values;
      }
      case RUNS -> readRuns(in, n, scratch);
      default -> throw new IllegalArgumentException("unknown form %d".formatted(form));
    };
  }

  private static long[] readDeltas(Input in, int n, Scratch scratch) {
    long value = in.getLong();
    PackedLongs.Packed packed = PackedLongs.Packed.read(in, n - 1);
    long[] values = new long[n];
    values[0] = value;
    if (packed.exceptions() > 0 || packed.width() > 32) {
      return summed(packed, values, scratch);
    }
    int[] deltas = packed.low(scratch);
    long base = packed.base();
    for (int i = 1; i < n; i++) {
      value += base + (deltas[i - 1] & 0xffff_ffffL);
      values[i] = value;
    }
    return values;
  }

  /** Like the loop of {@link #readDeltas}, where some deltas are exceptions or wide. */
  private static long[] summed(PackedLongs.Packed packed, long[] values, Scratch scratch) {
    int n = values.length;
    int[] part = packed.low(scratch);
    for (int i = 1; i < n; i++) {
      values[i] = packed.base() + (part[i - 1] & 0xffff_ffffL);
    }
    if (packed.width() > 32) {
      packed.high(part);
      for (int i = 1; i < n; i++) {
        values[i] += (long) part[i - 1] << 32;
      }
    }
    for (int i = 0; i < packed.exceptions(); i++) {
      values[packed.position(i) + 1] = packed.exception(i);
    }
    for (int i = 1; i < n; i++) {
      values[i] += values[i - 1];
    }
    return values;
  }

  private static long[] readRuns(Input in, int n, Scratch scratch) {
    Runs runs = Runs.read(in, n, scratch);
    long[] values = new long[n];
    for (int i = 0; i < runs.values().length; i++) {
      Arrays.fill(values, runs.starts()[i], runs.starts()[i + 1], runs.values()[i]);
    }
    return values;
  }
}
