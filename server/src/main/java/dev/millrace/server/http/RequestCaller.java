package dev.millrace.server.http;

import com.linecorp.armeria.server.ServiceRequestContext;
import dev.millrace.server.access.Caller;
import dev.millrace.server.access.CurrentCaller;
import io.netty.util.AttributeKey;

/** The caller of the request whose context the current thread has. */
public final class RequestCaller implements CurrentCaller {
  private static final AttributeKey<Caller> CALLER =
      AttributeKey.valueOf(RequestCaller.class, "CALLER");

  @Override
  public Caller get() {
    Caller caller = ServiceRequestContext.current().attr(CALLER);
    if (caller == null) {
      throw new IllegalStateException("a request that went past authentication");
    }
    return caller;
  }

  static void set(ServiceRequestContext context, Caller caller) {
    context.setAttr(CALLER, caller);
  }
}
