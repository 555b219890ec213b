package dev.millrace.server.live;

import dev.millrace.server.access.Caller;
import dev.millrace.server.access.CurrentCaller;
import dev.millrace.server.access.Permission;
import dev.millrace.server.access.StreamTickets;
import dev.millrace.server.error.ApiException;
import dev.millrace.server.live.feed.Subscriber;
import dev.millrace.server.live.feed.Update;
import dev.millrace.server.live.feed.UpdateSink;
import dev.millrace.v1.AnnounceRequest;
import dev.millrace.v1.AnnounceResponse;
import dev.millrace.v1.Announcement;
import dev.millrace.v1.CreateStreamTicketRequest;
import dev.millrace.v1.LiveServiceGrpc;
import dev.millrace.v1.StreamTicket;
import dev.millrace.v1.SubscribeRequest;
import dev.millrace.v1.SubscribeResponse;
import dev.millrace.v1.TailEventsRequest;
import dev.millrace.v1.TailEventsResponse;
import io.grpc.BindableService;
import io.grpc.MethodDescriptor;
import io.grpc.ServerServiceDefinition;
import io.grpc.ServiceDescriptor;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.ServerCalls;
import io.grpc.stub.StreamObserver;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * {@code LiveService} over gRPC. Never waits. Updates are sent as bytes that are made once for all
 * who are in the same state.
 */
public final class LiveServiceImpl implements BindableService {
  private final Tails tails;
  private final Subscriptions subscriptions;
  private final Announcer announcer;
  private final StreamTickets tickets;
  private final CurrentCaller caller;
  private final Supplier<Executor> executor;

  /**
   * @param executor the thread that serves the current call's connection
   */
  public LiveServiceImpl(
      Tails tails,
      Subscriptions subscriptions,
      Announcer announcer,
      StreamTickets tickets,
      CurrentCaller caller,
      Supplier<Executor> executor) {
    this.tails = tails;
    this.subscriptions = subscriptions;
    this.announcer = announcer;
    this.tickets = tickets;
    this.caller = caller;
    this.executor = executor;
  }

  @Override
  public ServerServiceDefinition bindService() {
    MethodDescriptor<SubscribeRequest, SubscribeResponse> generated =
        LiveServiceGrpc.getSubscribeMethod();
    MethodDescriptor<SubscribeRequest, Update> subscribe =
        generated.toBuilder(generated.getRequestMarshaller(), UpdateBytes.MARSHALLER).build();
    MethodDescriptor<TailEventsRequest, TailEventsResponse> tail =
        LiveServiceGrpc.getTailEventsMethod();
    MethodDescriptor<AnnounceRequest, AnnounceResponse> announce =
        LiveServiceGrpc.getAnnounceMethod();
    MethodDescriptor<CreateStreamTicketRequest, StreamTicket> ticket =
        LiveServiceGrpc.getCreateStreamTicketMethod();
    ServiceDescriptor service =
        ServiceDescriptor.newBuilder(LiveServiceGrpc.SERVICE_NAME)
            .setSchemaDescriptor(LiveServiceGrpc.getServiceDescriptor().getSchemaDescriptor())
            .addMethod(subscribe)
            .addMethod(tail)
            .addMethod(announce)
            .addMethod(ticket)
            .build();
    return ServerServiceDefinition.builder(service)
        .addMethod(subscribe, ServerCalls.asyncServerStreamingCall(this::subscribe))
        .addMethod(tail, ServerCalls.asyncServerStreamingCall(this::tailEvents))
        .addMethod(announce, ServerCalls.asyncUnaryCall(this::announce))
        .addMethod(ticket, ServerCalls.asyncUnaryCall(this::createStreamTicket))
        .build();
  }

  private void subscribe(SubscribeRequest request, StreamObserver<Update> responses) {
    Caller who = caller.get();
    String project = who.project(request.getProject(), Permission.READ);
    ServerCallStreamObserver<Update> stream = (ServerCallStreamObserver<Update>) responses;
    AtomicReference<@Nullable Subscriber> opened = new AtomicReference<>();
    // Set before the stream is opened, as gRPC asks; they do nothing until it is.
    stream.setOnReadyHandler(() -> ifOpen(opened, Subscriber::ready));
    stream.setOnCancelHandler(() -> ifOpen(opened, Subscriber::cancel));
    Subscriptions.Reader reader =
        new Subscriptions.Reader(
            who.name(), project, executor.get(), true, new SubscribeSink(stream));
    opened.set(subscriptions.open(request, reader));
    if (stream.isCancelled()) {
      ifOpen(opened, Subscriber::cancel);
    }
  }

  private void tailEvents(TailEventsRequest request, StreamObserver<TailEventsResponse> responses) {
    Caller who = caller.get();
    String project = who.project(request.getProject(), Permission.READ);
    ServerCallStreamObserver<TailEventsResponse> stream =
        (ServerCallStreamObserver<TailEventsResponse>) responses;
    AtomicReference<Tails.@Nullable Handle> opened = new AtomicReference<>();
    stream.setOnReadyHandler(() -> ifOpen(opened, Tails.Handle::ready));
    stream.setOnCancelHandler(() -> ifOpen(opened, Tails.Handle::cancel));
    opened.set(tails.open(who.name(), project, request, new EventsSink(stream)));
    if (stream.isCancelled()) {
      ifOpen(opened, Tails.Handle::cancel);
    }
  }

  private static <T> void ifOpen(AtomicReference<@Nullable T> opened, Consumer<T> action) {
    T handle = opened.get();
    if (handle != null) {
      action.accept(handle);
    }
  }

  private void announce(AnnounceRequest request, StreamObserver<AnnounceResponse> responses) {
    long receivers = announcer.announce(request, caller.get());
    responses.onNext(AnnounceResponse.newBuilder().setReceivers(receivers).build());
    responses.onCompleted();
  }

  private void createStreamTicket(
      CreateStreamTicketRequest request, StreamObserver<StreamTicket> responses) {
    Caller who = caller.get();
    String project = who.project(request.getProject(), Permission.READ);
    StreamTickets.Ticket ticket = tickets.make(who, project);
    responses.onNext(
        StreamTicket.newBuilder()
            .setTicket(ticket.secret())
            .setExpireTime(ProtoTimes.timestamp(ticket.expires()))
            .build());
    responses.onCompleted();
  }

  private record SubscribeSink(ServerCallStreamObserver<Update> stream) implements UpdateSink {
    @Override
    public boolean ready() {
      return stream.isReady();
    }

    @Override
    public void send(Update update) {
      stream.onNext(update);
    }

    @Override
    public void announce(Announcement announcement) {
      stream.onNext(
          new Update(SubscribeResponse.newBuilder().setAnnouncement(announcement).build()));
    }

    @Override
    public void stop(ApiException.Unavailable reason) {
      fail(reason);
    }

    @Override
    public void fail(RuntimeException error) {
      if (!stream.isCancelled()) {
        stream.onError(error);
      }
    }
  }

  private record EventsSink(ServerCallStreamObserver<TailEventsResponse> stream)
      implements TailSink {
    @Override
    public boolean ready() {
      return stream.isReady();
    }

    @Override
    public void send(TailEventsResponse message) {
      stream.onNext(message);
    }

    @Override
    public void stop(ApiException.Unavailable reason) {
      fail(reason);
    }

    @Override
    public void fail(RuntimeException error) {
      if (!stream.isCancelled()) {
        stream.onError(error);
      }
    }
  }
}
