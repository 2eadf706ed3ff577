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

  /**
   * Lets the service carry the request out, answers with half of the body, and drops the
   * connection. An answer without a body is lost whole.
   */
  static HttpFault cutAnswer() {
    return new CutAnswer();
  }

  /**
   * Lets the service carry the request out, and pauses in the middle of the answer's body; before
   * an answer that has none.
   */
  static HttpFault slowAnswer(Duration pause) {
    return new SlowAnswer(pause);
  }

  /**
   * Waits, then passes the request on. It arrives even if the client has given up meanwhile, as it
   * may on any network.
   */
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

  /** See {@link #cutAnswer}. */
  record CutAnswer() implements HttpFault {}

  /** See {@link #slowAnswer}. */
  record SlowAnswer(Duration pause) implements HttpFault {}

  /** See {@link #delay}. */
  record Delay(Duration duration) implements HttpFault {}

  /** See {@link #answer}. */
  record Answer(int status, Map<String, String> headers, String body) implements HttpFault {}
}
