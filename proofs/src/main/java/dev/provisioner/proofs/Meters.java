package dev.provisioner.proofs;

import com.sun.management.OperatingSystemMXBean;
import com.sun.management.UnixOperatingSystemMXBean;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

/** What this process and a directory use. */
public final class Meters {
  private Meters() {}

  /** Returns the bytes on the heap after collections, when another one finds no more. */
  public static long heapBytes() {
    Runtime runtime = Runtime.getRuntime();
    long least = Long.MAX_VALUE;
    for (int i = 0; i < 10; i++) {
      System.gc();
      long used = runtime.totalMemory() - runtime.freeMemory();
      if (used > least * 0.999) {
        return Math.min(used, least);
      }
      least = used;
    }
    return least;
  }

  /** Returns the number of file descriptors this process holds, or 0 where nobody counts them. */
  public static long openFiles() {
    return ManagementFactory.getOperatingSystemMXBean() instanceof UnixOperatingSystemMXBean unix
        ? unix.getOpenFileDescriptorCount()
        : 0;
  }

  /** Returns how long this process has computed. */
  public static Duration cpu() {
    return ManagementFactory.getOperatingSystemMXBean() instanceof OperatingSystemMXBean system
        ? Duration.ofNanos(system.getProcessCpuTime())
        : Duration.ZERO;
  }

  /** Returns the number of threads of engines in this process by their role, in its order. */
  public static Map<String, Integer> engineThreads() {
    Map<String, Integer> roles = new TreeMap<>();
    for (Thread thread : Thread.getAllStackTraces().keySet()) {
      if (thread.getName().startsWith("provisioner-")) {
        roles.merge(thread.getName().replaceAll("-[0-9]+$", ""), 1, Integer::sum);
      }
    }
    return roles;
  }

  /** Returns the number of files, directories not counted, and the bytes in them. */
  public static Size size(Path directory) {
    try (Stream<Path> all = Files.walk(directory)) {
      return all.filter(Files::isRegularFile)
          .map(file -> new Size(1, file.toFile().length()))
          .reduce(new Size(0, 0), Size::plus);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** A number of files and the bytes in them. */
  public record Size(long files, long bytes) {
    private Size plus(Size other) {
      return new Size(files + other.files, bytes + other.bytes);
    }
  }
}
