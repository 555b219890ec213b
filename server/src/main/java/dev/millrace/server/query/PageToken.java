package dev.millrace.server.query;

import com.google.protobuf.CodedInputStream;
import com.google.protobuf.CodedOutputStream;
import dev.millrace.server.error.ApiException;
import dev.millrace.server.event.EventHashes;
import dev.millrace.server.log.Position;
import dev.millrace.server.query.plan.EventListing;
import dev.millrace.server.query.time.TimeSpan;
import dev.millrace.v1.ListEventsRequest;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.Arrays;
import java.util.Base64;

/**
 * Where a listing of events goes on: the state and the span that the first page read, and the last
 * event of the page before. Opaque to clients.
 */
record PageToken(Position position, TimeSpan span, EventListing.Key after) {
  private static final byte VERSION = 1;

  private static final String FIELD = "pageToken";

  /** As text, good for the same request only. */
  String encode(ListEventsRequest request, String project) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    CodedOutputStream out = CodedOutputStream.newInstance(bytes);
    try {
      out.writeRawByte(VERSION);
      out.writeFixed64NoTag(requestHash(request, project));
      out.writeStringNoTag(position.token());
      out.writeFixed64NoTag(span.from());
      out.writeFixed64NoTag(span.to());
      out.writeFixed64NoTag(after.time());
      out.writeFixed64NoTag(after.sequence());
      out.writeUInt32NoTag(after.shard());
      out.flush();
      byte[] body = bytes.toByteArray();
      out.writeFixed64NoTag(EventHashes.hash(body, 0, body.length));
      out.flush();
    } catch (IOException e) {
      throw new IllegalStateException("writing to memory failed", e);
    }
    return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes.toByteArray());
  }

  /**
   * Reads a token.
   *
   * @throws ApiException.InvalidArgument if it isn't one, or is of another request
   */
  static PageToken decode(ListEventsRequest request, String project) {
    try {
      byte[] bytes = Base64.getUrlDecoder().decode(request.getPageToken());
      int body = bytes.length - Long.BYTES;
      if (body < 1 || bytes[0] != VERSION) {
        throw malformed();
      }
      long check = CodedInputStream.newInstance(bytes, body, Long.BYTES).readFixed64();
      if (check != EventHashes.hash(bytes, 0, body)) {
        throw malformed();
      }
      CodedInputStream in = CodedInputStream.newInstance(Arrays.copyOfRange(bytes, 1, body));
      if (in.readFixed64() != requestHash(request, project)) {
        throw new ApiException.InvalidArgument(
            FIELD, "belongs to a request with other fields; start again without it");
      }
      return new PageToken(
          Position.parse(in.readString()),
          new TimeSpan(in.readFixed64(), in.readFixed64()),
          new EventListing.Key(in.readFixed64(), in.readFixed64(), in.readUInt32()));
    } catch (IllegalArgumentException | IOException _) {
      throw malformed();
    }
  }

  private static ApiException.InvalidArgument malformed() {
    return new ApiException.InvalidArgument(FIELD, "isn't a token of an earlier page");
  }

  /** Of what must stay the same from page to page; the size of a page may change. */
  private static long requestHash(ListEventsRequest request, String project) {
    byte[] bytes =
        ListEventsRequest.newBuilder()
            .setProject(project)
            .setWhere(request.getWhere())
            .setRange(request.getRange())
            .setOrderValue(request.getOrderValue())
            .build()
            .toByteArray();
    return EventHashes.hash(bytes, 0, bytes.length);
  }
}
