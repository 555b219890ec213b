package dev.millrace.server.http;

import com.google.api.AnnotationsProto;
import com.google.api.HttpRule;
import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.MethodDescriptor;
import com.linecorp.armeria.common.HttpMethod;
import io.grpc.ServerMethodDefinition;
import io.grpc.ServerServiceDefinition;
import io.grpc.protobuf.ProtoMethodDescriptorSupplier;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A method that can be called through JSON, as its {@code google.api.http} option says.
 *
 * @param verb the HTTP method
 * @param path what the path must match
 * @param pathFields the fields that the path gives values to
 * @param body the field that is the body, {@code *} for the whole request, empty if there is none
 * @param request the request's type
 */
record TranscodedCall(
    HttpMethod verb, Pattern path, Set<String> pathFields, String body, Descriptor request) {
  private static final Pattern VARIABLE = Pattern.compile("\\{([a-z0-9_.]+)}");

  /** The calls of some services, in no particular order. */
  static List<TranscodedCall> of(List<ServerServiceDefinition> services) {
    List<TranscodedCall> calls = new ArrayList<>();
    for (ServerServiceDefinition service : services) {
      for (ServerMethodDefinition<?, ?> method : service.getMethods()) {
        if (method.getMethodDescriptor().getSchemaDescriptor()
            instanceof ProtoMethodDescriptorSupplier supplier) {
          MethodDescriptor descriptor = supplier.getMethodDescriptor();
          HttpRule rule = descriptor.getOptions().getExtension(AnnotationsProto.http);
          if (rule.getPatternCase() != HttpRule.PatternCase.PATTERN_NOT_SET) {
            calls.add(of(rule, descriptor.getInputType()));
          }
        }
      }
    }
    return calls;
  }

  private static TranscodedCall of(HttpRule rule, Descriptor request) {
    return switch (rule.getPatternCase()) {
      case GET -> of(HttpMethod.GET, rule.getGet(), rule.getBody(), request);
      case POST -> of(HttpMethod.POST, rule.getPost(), rule.getBody(), request);
      case PUT -> of(HttpMethod.PUT, rule.getPut(), rule.getBody(), request);
      case PATCH -> of(HttpMethod.PATCH, rule.getPatch(), rule.getBody(), request);
      case DELETE -> of(HttpMethod.DELETE, rule.getDelete(), rule.getBody(), request);
      case CUSTOM, PATTERN_NOT_SET ->
          throw new IllegalArgumentException("no such HTTP rule is served: " + rule);
    };
  }

  private static TranscodedCall of(
      HttpMethod verb, String template, String body, Descriptor request) {
    Set<String> fields = new HashSet<>();
    StringBuilder regex = new StringBuilder();
    Matcher variable = VARIABLE.matcher(template);
    int end = 0;
    while (variable.find()) {
      regex.append(Pattern.quote(template.substring(end, variable.start()))).append("[^/]+");
      fields.add(variable.group(1));
      end = variable.end();
    }
    regex.append(Pattern.quote(template.substring(end)));
    return new TranscodedCall(verb, Pattern.compile(regex.toString()), fields, body, request);
  }

  /** The call that a request makes, or null if it makes none of them. */
  static @Nullable TranscodedCall find(List<TranscodedCall> calls, HttpMethod verb, String path) {
    for (TranscodedCall call : calls) {
      if (call.verb == verb && call.path.matcher(path).matches()) {
        return call;
      }
    }
    return null;
  }
}
