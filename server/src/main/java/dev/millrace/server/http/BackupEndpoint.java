package dev.millrace.server.http;

import com.linecorp.armeria.common.HttpData;
import com.linecorp.armeria.common.HttpHeaderNames;
import com.linecorp.armeria.common.HttpRequest;
import com.linecorp.armeria.common.HttpResponse;
import com.linecorp.armeria.common.HttpResponseWriter;
import com.linecorp.armeria.common.HttpStatus;
import com.linecorp.armeria.common.MediaType;
import com.linecorp.armeria.common.ResponseHeaders;
import com.linecorp.armeria.server.HttpService;
import com.linecorp.armeria.server.ServiceRequestContext;
import dev.millrace.server.access.CurrentCaller;
import dev.millrace.server.access.Permission;
import dev.millrace.server.backup.Backups;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.util.concurrent.ExecutionException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * {@code POST /v1/backup}: the store as one file. Needs a key that may do everything. An answer
 * that isn't whole ends with a broken connection, and the file has no manifest then.
 */
public final class BackupEndpoint implements HttpService {
  private static final Logger log = LoggerFactory.getLogger(BackupEndpoint.class);
  private static final int CHUNK_BYTES = 64 * 1024;

  private final Backups backups;
  private final CurrentCaller caller;

  public BackupEndpoint(Backups backups, CurrentCaller caller) {
    this.backups = backups;
    this.caller = caller;
  }

  @Override
  public HttpResponse serve(ServiceRequestContext context, HttpRequest request) {
    caller.get().requireEverywhere(Permission.ADMIN);
    context.clearRequestTimeout();
    HttpResponseWriter response = HttpResponse.streaming();
    context.blockingTaskExecutor().execute(() -> answer(response));
    return response;
  }

  private void answer(HttpResponseWriter response) {
    try (Backups.Copy copy = backups.take();
        OutputStream out = new BufferedOutputStream(new Body(response), CHUNK_BYTES)) {
      boolean _ =
          response.tryWrite(
              ResponseHeaders.builder(HttpStatus.OK)
                  .contentType(MediaType.ZIP)
                  .set(HttpHeaderNames.CONTENT_DISPOSITION, "attachment; filename=millrace.backup")
                  .set(HttpHeaderNames.CACHE_CONTROL, "no-store")
                  .build());
      copy.writeTo(out);
      out.flush();
      response.close();
    } catch (IOException e) {
      log.info("A backup wasn't read to its end: {}", e.getMessage());
      response.close(e);
    } catch (RuntimeException e) {
      // Before the first byte this is the answer, and after it a broken connection.
      response.close(e);
    }
  }

  /** Waits for the reader after each piece. */
  private static final class Body extends OutputStream {
    private final HttpResponseWriter response;

    Body(HttpResponseWriter response) {
      this.response = response;
    }

    @Override
    public void write(int octet) throws IOException {
      write(new byte[] {(byte) octet}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
      if (!response.tryWrite(HttpData.copyOf(bytes, offset, length))) {
        throw new IOException("the reader has gone");
      }
      try {
        response.whenConsumed().get();
      } catch (InterruptedException _) {
        Thread.currentThread().interrupt();
        throw new InterruptedIOException("the server stops");
      } catch (ExecutionException e) {
        throw new IOException("the reader has gone", e);
      }
    }
  }
}
