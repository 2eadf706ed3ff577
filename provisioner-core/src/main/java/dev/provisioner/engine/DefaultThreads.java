package dev.provisioner.engine;

import java.time.Duration;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Pools of daemon threads. */
final class DefaultThreads implements EngineThreads {
  private static final Logger log = LoggerFactory.getLogger(DefaultThreads.class);

  /**
   * A turn mostly waits for the store, and stores commit together what waits at the same time:
   * fewer threads would make a database commit a few documents where it could a hundred.
   */
  private static final int DRIVERS = 32;

  private static final Duration IDLE = Duration.ofSeconds(1);
  private static final Duration THREAD_RETRY = Duration.ofSeconds(1);

  private final ExecutorService drivers;
  private final ExecutorService calls;
  private final ScheduledThreadPoolExecutor timer;

  DefaultThreads() {
    this(DefaultThreads::named);
  }

  /** Creates pools of threads that are made for each role: driver, call, timer. */
  DefaultThreads(Function<String, ThreadFactory> made) {
    ThreadPoolExecutor pool =
        new ThreadPoolExecutor(
            DRIVERS,
            DRIVERS,
            IDLE.toSeconds(),
            TimeUnit.SECONDS,
            new LinkedBlockingQueue<>(),
            made.apply("driver"));
    pool.allowCoreThreadTimeOut(true);
    drivers = pool;
    calls = Executors.newCachedThreadPool(made.apply("call"));
    timer = new ScheduledThreadPoolExecutor(1, made.apply("timer"));
    timer.setRemoveOnCancelPolicy(true);
    timer.prestartCoreThread(); // it is needed when no other thread can be had
  }

  static ThreadFactory named(String role) {
    AtomicInteger count = new AtomicInteger();
    return work -> {
      Thread thread = new Thread(work, "provisioner-" + role + "-" + count.incrementAndGet());
      thread.setDaemon(true);
      return thread;
    };
  }

  @Override
  public void drive(Runnable work) {
    submit(drivers, work);
  }

  @Override
  public void call(Runnable work) {
    submit(calls, work);
  }

  private void submit(Executor executor, Runnable work) {
    try {
      executor.execute(guarded(work));
    } catch (OutOfMemoryError e) { // as a rule because the system gives no more threads
      log.warn("No thread could be had; trying again every {} s.", THREAD_RETRY.toSeconds(), e);
      after(THREAD_RETRY, () -> submit(executor, work));
    } catch (RejectedExecutionException e) {
      log.debug("Work came after the engine was closed; it is dropped.");
    }
  }

  @Override
  public Timer after(Duration delay, Runnable work) {
    try {
      Future<?> later = timer.schedule(guarded(work), delay.toNanos(), TimeUnit.NANOSECONDS);
      return () -> later.cancel(false);
    } catch (RejectedExecutionException e) {
      return () -> {};
    }
  }

  private static Runnable guarded(Runnable work) {
    return () -> {
      try {
        work.run();
      } catch (RuntimeException | Error e) {
        log.error(
            "Engine work ended with an unexpected error; a run that it left is taken up again.", e);
        if (e instanceof Error error && !(e instanceof StackOverflowError)) {
          throw error;
        }
      }
    };
  }

  @Override
  public void close(Duration patience) throws InterruptedException {
    timer.shutdownNow();
    calls.shutdown();
    drivers.shutdown();
    long end = System.nanoTime() + patience.toNanos();
    try {
      calls.awaitTermination(patience.toNanos(), TimeUnit.NANOSECONDS);
      long left = Math.max(0, end - System.nanoTime());
      drivers.awaitTermination(left, TimeUnit.NANOSECONDS);
    } finally {
      calls.shutdownNow();
      drivers.shutdownNow();
    }
  }
}
