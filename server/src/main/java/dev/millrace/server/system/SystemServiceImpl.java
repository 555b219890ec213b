package dev.millrace.server.system;

import com.google.protobuf.util.Durations;
import com.google.protobuf.util.Timestamps;
import dev.millrace.server.access.CurrentCaller;
import dev.millrace.server.access.Permission;
import dev.millrace.server.backup.Backups;
import dev.millrace.server.storage.ShardView;
import dev.millrace.server.storage.Snapshot;
import dev.millrace.server.storage.Storage;
import dev.millrace.server.storage.StorageStats;
import dev.millrace.v1.BackupRequest;
import dev.millrace.v1.BackupResponse;
import dev.millrace.v1.GetStatsRequest;
import dev.millrace.v1.GetStatsResponse;
import dev.millrace.v1.SystemServiceGrpc;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.concurrent.Executor;
import java.util.function.Supplier;

/** {@code SystemService} over gRPC. Opens snapshots, so it belongs on threads that may wait. */
public final class SystemServiceImpl extends SystemServiceGrpc.SystemServiceImplBase {
  private final String version;
  private final Storage storage;
  private final Supplier<Activity> activity;
  private final MinuteRate acceptedRate;
  private final CurrentCaller caller;
  private final InstantSource clock;
  private final Backups backups;
  private final Executor background;
  private final Instant started;

  /**
   * @param background runs backups, which take their time
   */
  public SystemServiceImpl(
      String version,
      Storage storage,
      Supplier<Activity> activity,
      MinuteRate acceptedRate,
      CurrentCaller caller,
      InstantSource clock,
      Backups backups,
      Executor background) {
    this.version = version;
    this.storage = storage;
    this.activity = activity;
    this.acceptedRate = acceptedRate;
    this.caller = caller;
    this.clock = clock;
    this.backups = backups;
    this.background = background;
    this.started = clock.instant();
  }

  @Override
  public void getStats(GetStatsRequest request, StreamObserver<GetStatsResponse> responses) {
    String project = caller.get().project(request.getProject(), Permission.READ);
    responses.onNext(stats(project));
    responses.onCompleted();
  }

  @Override
  public void backup(BackupRequest request, StreamObserver<BackupResponse> responses) {
    caller.get().requireEverywhere(Permission.ADMIN);
    BackupCall call = new BackupCall((ServerCallStreamObserver<BackupResponse>) responses);
    background.execute(() -> call.run(backups));
  }

  /**
   * The statistics, as of now.
   *
   * @param project whose events are counted
   */
  public GetStatsResponse stats(String project) {
    Activity now = activity.get();
    StorageStats store = storage.stats();
    Instant time = clock.instant();
    GetStatsResponse.Builder stats =
        GetStatsResponse.newBuilder()
            .setVersion(version)
            .setStartTime(Timestamps.fromMillis(started.toEpochMilli()))
            .setUptime(Durations.fromMillis(Duration.between(started, time).toMillis()))
            .setEventsAccepted(now.accepted())
            .setEventsDuplicate(now.duplicates())
            .setEventsRejected(now.rejected())
            .setEventsPerSecond(acceptedRate.perSecond(time.toEpochMilli(), now.accepted()))
            .setConnections(now.connections())
            .setSubscriptions(now.subscriptions())
            .setMessagesSent(now.messagesSent())
            .setQueries(now.queries())
            .setLiveQueries(now.liveQueries())
            .setUpdatesConflated(now.conflated())
            .setDeliveryLatencyP50(Durations.fromNanos(now.deliveryP50().toNanos()))
            .setDeliveryLatencyP99(Durations.fromNanos(now.deliveryP99().toNanos()))
            .setStoreBytes(store.bytes())
            .setStoreFreeBytes(store.freeBytes())
            .setOldestReaderAge(Durations.fromNanos(store.oldestReader().toNanos()))
            .setRememberedIds(store.rememberedIds())
            .setShards(store.shards());
    try (Snapshot snapshot = storage.snapshot(project)) {
      stats
          .setEventsStored(snapshot.run(ShardView::events, Long::sum))
          .setPosition(snapshot.position().token());
    }
    return stats.build();
  }
}
