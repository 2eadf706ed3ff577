package dev.provisioner.testkit.http;

import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A request that reached a {@link FaultProxy}.
 *
 * @param method such as {@code PUT}
 * @param target the path and query as they were sent, such as {@code /bucket?list-type=2}
 * @param headers names in lower case
 */
public record ProxiedRequest(String method, String target, Map<String, List<String>> headers) {
  /** Copies the headers. */
  public ProxiedRequest {
    headers = Map.copyOf(headers);
  }

  /** Returns the path, without the query, still encoded. */
  public String path() {
    int query = target.indexOf('?');
    return query < 0 ? target : target.substring(0, query);
  }

  /** Returns the first value of a header, whose name is in lower case. */
  public Optional<String> header(String name) {
    return headers.getOrDefault(name, List.of()).stream().findFirst();
  }

  @Override
  public String toString() {
    return method + " " + target;
  }
}
