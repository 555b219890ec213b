package dev.millrace.server.access;

import dev.millrace.server.error.ApiException;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * Who calls.
 *
 * @param name names the key for logs and rate limits; never the key itself
 * @param boundProject the only project the caller may name; empty if any
 * @param permissions what the caller may do
 */
public record Caller(String name, String boundProject, Set<Permission> permissions) {
  /** The project of callers that name none and aren't bound to one. */
  public static final String DEFAULT_PROJECT = "default";

  /** Whoever calls a server that needs no login. */
  public static final Caller ANYONE = new Caller("anyone", "", Set.of(Permission.values()));

  private static final Pattern PROJECT = Pattern.compile("[a-z0-9][a-z0-9_-]{0,62}");

  /**
   * The project that a request is about.
   *
   * @param requested the request's own {@code project}; may be empty
   * @throws ApiException.PermissionDenied if the caller may not do this, or not in this project
   * @throws ApiException.InvalidArgument if the name isn't one
   */
  public String project(String requested, Permission needed) {
    if (!permissions.contains(needed)) {
      throw new ApiException.PermissionDenied(
          "the key '%s' lacks the permission %s".formatted(name, needed));
    }
    if (requested.isEmpty()) {
      return boundProject.isEmpty() ? DEFAULT_PROJECT : boundProject;
    }
    if (!PROJECT.matcher(requested).matches()) {
      throw new ApiException.InvalidArgument(
          "project", "must match " + PROJECT.pattern() + ", found '" + requested + "'");
    }
    if (!boundProject.isEmpty() && !boundProject.equals(requested)) {
      throw new ApiException.PermissionDenied(
          "the key '%s' is bound to the project '%s'".formatted(name, boundProject));
    }
    return requested;
  }

  /**
   * Lets pass who may do something to all projects together, such as copying them.
   *
   * @throws ApiException.PermissionDenied if the caller may not, or is bound to one project
   */
  public void requireEverywhere(Permission needed) {
    String _ = project("", needed);
    if (!boundProject.isEmpty()) {
      throw new ApiException.PermissionDenied(
          "the key '%s' is bound to the project '%s'".formatted(name, boundProject));
    }
  }
}
