package dev.provisioner.state;

import static java.nio.file.StandardOpenOption.CREATE;

import dev.provisioner.error.StateStoreException;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * A lock among the threads of this JVM and then among processes, on one file that is never deleted.
 * The operating system releases it when the process ends, however it ends. Not reentrant.
 *
 * <p>The file lock is polled for, never waited for in the system: POSIX locks belong to the
 * process, so two processes that each hold one lock and wait for another with different threads
 * look to the kernel like a deadlock, and it refuses the second with EDEADLK. Polling also keeps
 * interrupts from closing the channel. Threads of one JVM queue in order and do not poll.
 */
final class LockFile {
  private static final long FIRST_PAUSE_NANOS = 50_000;
  private static final long LAST_PAUSE_NANOS = 2_000_000;

  private final Path path;
  private final Disk disk;
  private final ReentrantLock inJvm = new ReentrantLock(true);
  // Guarded by inJvm. Stays open between uses: closing it would release the lock of any other
  // channel of this JVM on the same file.
  private @Nullable FileChannel channel;
  private @Nullable Object identity;
  private boolean retired;

  LockFile(Path path, Disk disk) {
    this.path = path;
    this.disk = disk;
  }

  /**
   * Takes the lock.
   *
   * @throws StateStoreException if somebody else holds it all the while
   * @throws IOException if the file cannot be locked at all
   */
  Held lock(Duration wait) throws IOException {
    long deadline = System.nanoTime() + wait.toNanos();
    if (!lockInJvm(deadline)) {
      throw tookTooLong(wait, "another thread of this process");
    }
    FileLock lock = null;
    try {
      lock = poll(deadline);
    } finally {
      if (lock == null) {
        inJvm.unlock();
      }
    }
    if (lock == null) {
      throw tookTooLong(wait, "another process");
    }
    return new Held(this, lock);
  }

  /** Takes the lock if it is free at once. */
  Optional<Held> tryLock() throws IOException {
    if (!inJvm.tryLock()) {
      return Optional.empty();
    }
    FileLock lock = null;
    try {
      lock = lockFile();
    } finally {
      if (lock == null) {
        inJvm.unlock();
      }
    }
    return lock == null ? Optional.empty() : Optional.of(new Held(this, lock));
  }

  /** Closes the file once nobody in this JVM holds the lock, and refuses it from then on. */
  void retire() {
    inJvm.lock();
    try {
      retired = true;
      closeChannel();
    } finally {
      inJvm.unlock();
    }
  }

  private void closeChannel() {
    if (channel != null) {
      disk.closeLock(channel);
    }
  }

  private boolean lockInJvm(long deadline) {
    if (inJvm.isHeldByCurrentThread()) {
      throw new IllegalStateException("This thread already holds " + path + ".");
    }
    boolean interrupted = false;
    try {
      while (true) {
        try {
          return inJvm.tryLock(Math.max(0, deadline - System.nanoTime()), TimeUnit.NANOSECONDS);
        } catch (InterruptedException e) {
          interrupted = true; // a write is finished first; the flag is set again below
        }
      }
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  private @Nullable FileLock poll(long deadline) throws IOException {
    boolean interrupted = Thread.interrupted();
    try {
      for (long pause = FIRST_PAUSE_NANOS; ; pause = Math.min(2 * pause, LAST_PAUSE_NANOS)) {
        FileLock lock = lockFile();
        if (lock != null || System.nanoTime() - deadline >= 0) {
          return lock;
        }
        LockSupport.parkNanos(ThreadLocalRandom.current().nextLong(pause / 2, pause));
        interrupted |= Thread.interrupted(); // else the next pause would not pause
      }
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  private @Nullable FileLock lockFile() throws IOException {
    if (retired) {
      throw new IllegalStateException("The file state store of " + path + " is closed.");
    }
    try {
      return Disk.naming(path, () -> opened().tryLock());
    } catch (OverlappingFileLockException e) {
      return null; // held by this library in another class loader of this JVM
    }
  }

  /** Returns the channel of the file that is there now, not of one that was moved away. */
  private FileChannel opened() throws IOException {
    if (channel == null || !channel.isOpen() || !Objects.equals(identity, identityNow())) {
      closeChannel();
      channel = disk.openForLock(path, CREATE);
      identity = identityNow();
    }
    return channel;
  }

  private @Nullable Object identityNow() throws IOException {
    return Files.exists(path)
        ? Files.readAttributes(path, BasicFileAttributes.class).fileKey()
        : path;
  }

  private StateStoreException tookTooLong(Duration wait, String holder) {
    return new StateStoreException(
        "Lock "
            + path
            + " was held by "
            + holder
            + " for "
            + wait
            + ". Nothing was written. Writes take milliseconds: look for a process on this"
            + " directory that is stopped or whose disk hangs, and try again.");
  }

  /** The lock, held. */
  record Held(LockFile file, FileLock lock) implements AutoCloseable {
    @Override
    public void close() {
      try {
        lock.release();
      } catch (IOException e) {
        file.closeChannel(); // else nobody would ever get this lock again
      } finally {
        file.inJvm.unlock();
      }
    }
  }
}
