package dev.millrace.server.storage;

import dev.millrace.server.log.EventBlock;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** Visits blocks in the order of time with nothing but a scan in the order of acceptance. */
final class TimeOrder {
  private TimeOrder() {}

  /** What tells blocks apart; blocks alike in all of it are visited one after the other. */
  private record Place(long minTime, long maxTime, long minSequence, long maxSequence) {
    static Place of(EventBlock block) {
      return new Place(block.minTime(), block.maxTime(), block.minSequence(), block.maxSequence());
    }

    ShardView.ScanRange range() {
      return new ShardView.ScanRange(minTime, after(maxTime), minSequence, after(maxSequence));
    }

    private static long after(long inclusive) {
      return inclusive == Long.MAX_VALUE ? inclusive : inclusive + 1;
    }
  }

  static void scan(
      ShardView view,
      ShardView.ScanRange range,
      boolean newestFirst,
      ShardView.BlockVisitor visitor) {
    Set<Place> found = new LinkedHashSet<>();
    view.scan(
        range,
        block -> {
          found.add(Place.of(block));
          return true;
        });
    List<Place> places = new ArrayList<>(found);
    places.sort(
        newestFirst
            ? Comparator.comparingLong(Place::maxTime).reversed()
            : Comparator.comparingLong(Place::minTime));
    boolean[] ended = new boolean[1];
    for (Place place : places) {
      view.scan(
          place.range(),
          block -> {
            ended[0] = Place.of(block).equals(place) && !visitor.visit(block);
            return !ended[0];
          });
      if (ended[0]) {
        return;
      }
    }
  }
}
