package dev.millrace.server.live.feed;

import dev.millrace.v1.Announcement;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Messages to people on their way to every connected client. Only the latest are kept, so a reader
 * that stalls for long misses some; nothing is queued for it. Thread-safe.
 */
public final class Announcements {
  /** Messages kept. */
  static final int KEPT_MAX = 16;

  private final Set<Receiver> receivers = ConcurrentHashMap.newKeySet();
  private volatile Log log = new Log(0, List.of());

  /** Those kept: the last of them has the number {@code last}. */
  private record Log(long last, List<Posted> posted) {}

  /**
   * @param project the project it is for; empty for all
   */
  private record Posted(String project, Announcement announcement) {}

  /** A connected client. */
  public static final class Receiver {
    private final String project;
    private final Runnable wake;
    private long seen;

    private Receiver(String project, Runnable wake, long seen) {
      this.project = project;
      this.wake = wake;
      this.seen = seen;
    }
  }

  /**
   * Adds a client, which gets what is announced from now on.
   *
   * @param wake called when there is something to {@link #take}, on the announcer's thread
   */
  public Receiver join(String project, Runnable wake) {
    Receiver receiver = new Receiver(project, wake, log.last);
    receivers.add(receiver);
    return receiver;
  }

  public void leave(Receiver receiver) {
    receivers.remove(receiver);
  }

  /** What a client hasn't taken yet; for one thread at a time. */
  public List<Announcement> take(Receiver receiver) {
    Log now = log;
    if (receiver.seen == now.last) {
      return List.of();
    }
    List<Announcement> news = new ArrayList<>();
    int missed = (int) Math.min(now.posted.size(), now.last - receiver.seen);
    for (Posted one : now.posted.subList(now.posted.size() - missed, now.posted.size())) {
      if (concerns(one.project, receiver)) {
        news.add(one.announcement);
      }
    }
    receiver.seen = now.last;
    return news;
  }

  private static boolean concerns(String project, Receiver receiver) {
    return project.isEmpty() || project.equals(receiver.project);
  }

  /**
   * Sends a message.
   *
   * @param project the project whose clients get it; those of all if empty
   * @return how many clients there are
   */
  public long post(String project, Announcement announcement) {
    synchronized (this) {
      List<Posted> posted = new ArrayList<>(log.posted);
      posted.add(new Posted(project, announcement));
      if (posted.size() > KEPT_MAX) {
        posted.removeFirst();
      }
      log = new Log(log.last + 1, List.copyOf(posted));
    }
    long count = 0;
    for (Receiver receiver : receivers) {
      if (concerns(project, receiver)) {
        count++;
        receiver.wake.run();
      }
    }
    return count;
  }
}
