package dev.millrace.server.log.segment.v1.encoding;

import java.util.Arrays;
import java.util.function.IntBinaryOperator;

/**
 * A stable sort of ints by an order of their own, without boxing: merges the ascending runs it
 * finds (natural merge sort: Knuth, The Art of Computer Programming 3, 5.2.4), so that what is
 * nearly sorted takes little.
 */
public final class MergeSort {
  private MergeSort() {}

  /** Sorts in place; the comparison is as {@link java.util.Comparator} has it. */
  public static void sort(int[] values, IntBinaryOperator compare) {
    int[] ends = runs(values, compare);
    int[] from = values;
    int[] to = ends.length > 1 ? new int[values.length] : values;
    while (ends.length > 1) {
      int[] merged = new int[(ends.length + 1) / 2];
      int start = 0;
      for (int i = 0; i < ends.length; i += 2) {
        int end = ends[Math.min(i + 1, ends.length - 1)];
        merge(from, start, ends[i], end, to, compare);
        merged[i / 2] = end;
        start = end;
      }
      ends = merged;
      int[] swapped = from;
      from = to;
      to = swapped;
    }
    // Onto itself, which does nothing, if the last round ended there.
    System.arraycopy(from, 0, values, 0, values.length);
  }

  /** Where each ascending run ends. */
  private static int[] runs(int[] values, IntBinaryOperator compare) {
    int[] ends = new int[16];
    int count = 0;
    for (int i = 1; i <= values.length; i++) {
      if (i == values.length || compare.applyAsInt(values[i - 1], values[i]) > 0) {
        if (count == ends.length) {
          ends = Arrays.copyOf(ends, count * 2);
        }
        ends[count++] = i;
      }
    }
    return Arrays.copyOf(ends, count);
  }

  private static void merge(
      int[] from, int start, int middle, int end, int[] to, IntBinaryOperator compare) {
    int left = start;
    int right = middle;
    for (int i = start; i < end; i++) {
      boolean takeLeft =
          right >= end || (left < middle && compare.applyAsInt(from[left], from[right]) <= 0);
      to[i] = takeLeft ? from[left++] : from[right++];
    }
  }
}
