package dev.provisioner.aws;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.provisioner.state.DocumentKey;
import dev.provisioner.state.StateDocument;
import dev.provisioner.state.Summary;
import dev.provisioner.tenant.TenantId;
import dev.provisioner.testkit.http.FaultProxy;
import dev.provisioner.testkit.http.HttpFault;
import dev.provisioner.testkit.http.ProxiedRequest;
import java.time.Instant;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** What the tests send to S3, and what they let S3 answer. */
final class S3Requests {
  static final DocumentKey KEY = new DocumentKey("shop", "onboarding", TenantId.of("acme"));

  /** The name of its object. */
  static final String NAME = "shop/state/onboarding/acme";

  private S3Requests() {}

  static StateDocument document(String text) {
    return document(text, null);
  }

  static StateDocument document(String text, @Nullable Instant dueAt) {
    return new StateDocument(
        text.getBytes(UTF_8),
        new Summary(Summary.Lifecycle.ACTIVE, Summary.RunStatus.RUNNING, 1, dueAt, Instant.EPOCH));
  }

  static boolean isPut(ProxiedRequest request) {
    return request.method().equals("PUT");
  }

  static boolean isGet(ProxiedRequest request) {
    return kind(request).equals("GET");
  }

  static boolean isList(ProxiedRequest request) {
    return kind(request).equals("LIST");
  }

  private static String kind(ProxiedRequest request) {
    return request.target().contains("list-type=2") ? "LIST" : request.method();
  }

  /** Counts what the proxy has seen, and lets it begin anew. */
  static Map<String, Long> counted(FaultProxy proxy) {
    Map<String, Long> counts =
        proxy.requests().stream()
            .collect(Collectors.groupingBy(S3Requests::kind, TreeMap::new, Collectors.counting()));
    proxy.forget();
    return counts;
  }

  static HttpFault error(int status, String code) {
    return error(status, code, Map.of(), "");
  }

  /**
   * Answers as Amazon S3 does, by its list of error responses: <a
   * href="https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html">Error responses</a>.
   */
  static HttpFault error(int status, String code, Map<String, String> headers, String elements) {
    Map<String, String> all = new TreeMap<>(headers);
    all.put("Content-Type", "application/xml");
    return HttpFault.answer(
        status,
        all,
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?><Error><Code>"
            + code
            + "</Code><Message>Some words.</Message>"
            + elements
            + "</Error>");
  }
}
