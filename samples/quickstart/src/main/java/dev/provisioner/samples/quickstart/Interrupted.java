package dev.provisioner.samples.quickstart;

import dev.provisioner.tenant.TenantId;
import java.time.Duration;
import java.util.List;

/** Closes the engine when somebody presses Ctrl-C, and says what is left. */
final class Interrupted implements AutoCloseable {
  private static final Duration PATIENCE = Duration.ofSeconds(10);

  private final Thread hook;

  private Interrupted(Thread hook) {
    this.hook = hook;
  }

  static Interrupted watch(Session session, Display display) {
    Thread hook = new Thread(() -> stop(session, display), "interrupted");
    Runtime.getRuntime().addShutdownHook(hook);
    return new Interrupted(hook);
  }

  private static void stop(Session session, Display display) {
    display.close();
    System.out.println(
        "\nInterrupted: waiting for the calls under way, "
            + PATIENCE.toSeconds()
            + " s at most. What is not done stays recorded.");
    try {
      List<TenantId> left = session.engine().close(PATIENCE);
      System.out.println(left.size() + " tenants are unfinished. Run it again to go on.");
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public void close() {
    try {
      Runtime.getRuntime().removeShutdownHook(hook);
    } catch (IllegalStateException e) {
      // the hook is running: it ends the process
      awaitTheEnd();
    }
  }

  private void awaitTheEnd() {
    try {
      hook.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
