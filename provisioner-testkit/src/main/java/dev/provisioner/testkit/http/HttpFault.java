package dev.provisioner.testkit.http;

import java.time.Duration;
import java.util.Map;

/** What a {@link FaultProxy} does to a request, or to its answer. */
public sealed interface HttpFault {
  /** Passes the request and its answer on. */
  static HttpFault none() {
    return new Delay(Duration.ZERO);
  }

  /** Drops the connection; the service never sees the request. */
  static HttpFault loseRequest() {
    return new LoseRequest();
  }

  /** Lets the service carry the request out, then drops the connection instead of answering. */
  static HttpFault loseAnswer() {
    return new LoseAnswer();
  }

  /** Waits, then passes the request on. */
  static HttpFault delay(Duration duration) {
    return new Delay(duration);
  }

  /** Answers by itself; the service never sees the request. */
  static HttpFault answer(int status, Map<String, String> headers, String body) {
    return new Answer(status, Map.copyOf(headers), body);
  }

  /** See {@link #loseRequest}. */
  record LoseRequest() implements HttpFault {}

  /** See {@link #loseAnswer}. */
  record LoseAnswer() implements HttpFault {}

  /** See {@link #delay}. */
  record Delay(Duration duration) implements HttpFault {}

  /** See {@link #answer}. */
  record Answer(int status, Map<String, String> headers, String body) implements HttpFault {}
}
