package dev.provisioner.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

final class DefaultThreadsTest {
  private final AtomicInteger refused = new AtomicInteger();

  /** The first thread for a call cannot be had, as when the system has no more. */
  private ThreadFactory scarce(String role) {
    ThreadFactory plenty = DefaultThreads.named(role);
    return work -> {
      if (role.equals("call") && refused.getAndIncrement() == 0) {
        throw new OutOfMemoryError("unable to create native thread, as this test asked");
      }
      return plenty.newThread(work);
    };
  }

  @Test
  void aCallForWhichThereIsNoThreadBeginsWhenThereIs() throws Exception {
    CountDownLatch called = new CountDownLatch(1);
    try (EngineThreads threads = new DefaultThreads(this::scarce)) {
      threads.call(called::countDown);
      assertThat(called.getCount()).isOne();
      assertThat(called.await(20, TimeUnit.SECONDS)).isTrue();
      assertThat(refused).hasValue(2);
      threads.close(Duration.ofSeconds(5));
    }
  }
}
