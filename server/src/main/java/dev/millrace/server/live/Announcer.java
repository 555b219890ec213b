package dev.millrace.server.live;

import dev.millrace.server.access.Caller;
import dev.millrace.server.access.Permission;
import dev.millrace.server.error.ApiException;
import dev.millrace.server.live.feed.Announcements;
import dev.millrace.v1.AnnounceRequest;
import dev.millrace.v1.Announcement;
import java.time.InstantSource;

/** Takes messages to people. Thread-safe. */
public final class Announcer {
  private static final int CHARACTERS_MAX = 4_096;

  private final Announcements announcements;
  private final InstantSource clock;

  public Announcer(Announcements announcements, InstantSource clock) {
    this.announcements = announcements;
    this.clock = clock;
  }

  /**
   * Sends a message to the connected clients of a project; of all, if none is named and the caller
   * is bound to none.
   *
   * @return how many there are
   * @throws ApiException.PermissionDenied if the caller isn't an administrator
   * @throws ApiException.InvalidArgument if there is nothing to say, or too much
   */
  long announce(AnnounceRequest request, Caller caller) {
    String checked = caller.project(request.getProject(), Permission.ADMIN);
    boolean everyone = request.getProject().isEmpty() && caller.boundProject().isEmpty();
    Announcement announcement = request.getAnnouncement();
    String message = announcement.getMessage();
    if (message.isBlank()) {
      throw new ApiException.InvalidArgument("announcement.message", "is missing");
    }
    if (message.length() > CHARACTERS_MAX) {
      throw new ApiException.InvalidArgument(
          "announcement.message", "has at most %,d characters".formatted(CHARACTERS_MAX));
    }
    if (announcement.getLevel() == Announcement.Level.UNRECOGNIZED) {
      throw new ApiException.InvalidArgument(
          "announcement.level", "must be INFO, WARNING or CRITICAL");
    }
    Announcement.Builder sent =
        announcement.toBuilder().setCreateTime(ProtoTimes.timestamp(clock.instant()));
    if (sent.getLevel() == Announcement.Level.LEVEL_UNSPECIFIED) {
      sent.setLevel(Announcement.Level.INFO);
    }
    return announcements.post(everyone ? "" : checked, sent.build());
  }
}
