package dev.millrace.server.storage.scan;

import dev.millrace.server.storage.ShardView.BlockVisitor;
import java.util.Comparator;
import java.util.PriorityQueue;

/** Visits blocks in the order of time without opening those that are never reached. */
public final class TimeVisits {
  private final boolean newestFirst;
  private final PriorityQueue<Turn> turns;

  public TimeVisits(boolean newestFirst) {
    this.newestFirst = newestFirst;
    Comparator<Turn> earliest = Comparator.comparingLong(Turn::bound);
    this.turns = new PriorityQueue<>(newestFirst ? earliest.reversed() : earliest);
  }

  private record Turn(long bound, Visit visit) {}

  /** What happens when the turn of a block comes; may add others within its time. */
  @FunctionalInterface
  public interface Visit {
    /** Visits it and says whether to go on. */
    boolean take(BlockVisitor visitor);
  }

  /** Has a block of some time wait for its turn. */
  public void add(long minTime, long maxTime, Visit visit) {
    turns.add(new Turn(newestFirst ? maxTime : minTime, visit));
  }

  /** Visits all in the order of their earliest times, or latest ones if newest first. */
  public void run(BlockVisitor visitor) {
    boolean goOn = true;
    while (goOn && !turns.isEmpty()) {
      goOn = turns.remove().visit().take(visitor);
    }
  }
}
