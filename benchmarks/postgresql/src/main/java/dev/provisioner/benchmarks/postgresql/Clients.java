package dev.provisioner.benchmarks.postgresql;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/** Clients that each do one thing after the other, as a host's request threads do. */
final class Clients {
  private Clients() {}

  /** What a client does, again and again; the number is another each time. */
  interface Operation {
    void perform(long number) throws Exception;
  }

  /** Returns how many operations a second so many clients get done, after a warm-up. */
  static double perSecond(int clients, Duration warmUp, Duration window, Operation operation)
      throws Exception {
    AtomicLong numbers = new AtomicLong();
    AtomicLong done = new AtomicLong();
    long end = System.nanoTime() + warmUp.plus(window).toNanos();
    ExecutorService threads = Executors.newFixedThreadPool(clients);
    try {
      List<Future<?>> all = new ArrayList<>();
      for (int i = 0; i < clients; i++) {
        Callable<Boolean> client =
            () -> {
              while (System.nanoTime() < end) {
                operation.perform(numbers.incrementAndGet());
                done.incrementAndGet();
              }
              return true;
            };
        all.add(threads.submit(client));
      }
      TimeUnit.NANOSECONDS.sleep(warmUp.toNanos());
      long doneBefore = done.get();
      long begun = System.nanoTime();
      TimeUnit.NANOSECONDS.sleep(end - System.nanoTime());
      double seconds = (System.nanoTime() - begun) / 1e9;
      double rate = (done.get() - doneBefore) / seconds;
      for (Future<?> client : all) {
        client.get();
      }
      return rate;
    } finally {
      threads.shutdownNow();
    }
  }

  /** Has so many clients do so many operations. */
  static void inAll(int clients, int count, Operation operation) throws Exception {
    AtomicLong numbers = new AtomicLong();
    ExecutorService threads = Executors.newFixedThreadPool(clients);
    try {
      List<Future<?>> all = new ArrayList<>();
      for (int i = 0; i < clients; i++) {
        Callable<Boolean> client =
            () -> {
              long number = numbers.getAndIncrement();
              while (number < count) {
                operation.perform(number);
                number = numbers.getAndIncrement();
              }
              return true;
            };
        all.add(threads.submit(client));
      }
      for (Future<?> client : all) {
        client.get();
      }
    } finally {
      threads.shutdownNow();
    }
  }
}
