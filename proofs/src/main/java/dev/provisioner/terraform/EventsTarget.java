package dev.provisioner.terraform;

import dev.provisioner.proofs.fuzz.Target;
import dev.provisioner.testkit.TestAttempt;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** What a Terraform process writes: events, documents and noise. */
public final class EventsTarget implements Target {
  private static final String SECRET = "hunter2";

  private final Path file = Files.createTempFile("provisioner-fuzz-", ".stdout");

  /** Makes the file that is read. */
  public EventsTarget() throws IOException {}

  @Override
  public List<byte[]> seeds() {
    return List.of(
        Target.seed(
            """
            {"@level":"info","type":"planned_change","change":{"resource":{"addr":"a.b"},"action":"create"}}
            {"type":"resource_drift","change":{"resource":{"addr":"a.b"},"action":"delete"}}
            {"type":"apply_complete","hook":{"resource":{"addr":"a.b"},"action":"create"}}
            {"type":"apply_errored","hook":{"resource":{"addr":"a.b"},"action":"create"}}
            """),
        Target.seed(
            """
            noise
            {"type":"outputs","outputs":{"a":{"action":"noop"},"b":{"action":"update"}}}
            {"type":"diagnostic","diagnostic":{"severity":"error","summary":"s\\u001b[31m","detail":"hunter2","address":"a"}}
            """));
  }

  @Override
  public void read(byte[] input) throws IOException {
    Files.write(file, input);
    TestAttempt attempt = TestAttempt.of("acme", "plan", "stack");
    UiStream stream = new UiStream(attempt, Redactor.of(List.of(SECRET)));
    try (OutputTail tail = new OutputTail(file, stream::line)) {
      tail.readAll();
    }
    stream.outputsChanged();
    stream.drift().forEach(EventsTarget::requireShowable);
    attempt.told().forEach(progress -> requireShowable(progress.message()));
    stream.errors().forEach(error -> requireShowable(error.shown()));
    if (!stream.errors().isEmpty()) {
      requireMessage(Failures.of(Commands.applyPlan(), 1, stream.errors()).plainMessage());
    }
  }

  private static void requireShowable(String text) {
    Target.require(text.length() < 6_000, "what is told is short");
    requireMessage(text);
  }

  private static void requireMessage(String text) {
    Target.require(!text.contains(SECRET), "a secret is never told");
    Target.require(
        text.codePoints().noneMatch(Character::isISOControl), "what is told is one line of text");
  }

  @Override
  public void close() throws IOException {
    Files.delete(file);
  }
}
