package dev.provisioner.terraform;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * A process and all that it started. Killing Terraform alone leaves its providers and local-exec
 * commands running, and once it is dead nobody knows any more that they were its children: so they
 * are written down while it lives.
 *
 * <p>One call's, one thread's.
 */
final class ProcessTree {
  private final Process root;
  private final Path workingDirectory;
  private final Instant began;
  private final Set<ProcessHandle> seen = new LinkedHashSet<>();

  /**
   * Creates the tree of a process.
   *
   * @param workingDirectory the process's own, which nobody else works in
   */
  ProcessTree(Process root, Path workingDirectory) {
    this.root = root;
    this.workingDirectory = workingDirectory;
    this.began = root.info().startInstant().orElse(Instant.MAX);
  }

  /** Writes down who lives now. */
  void capture() {
    root.descendants().forEach(seen::add);
  }

  /**
   * Kills the process and everything it was seen to have started, and waits until they are gone.
   */
  void kill() {
    capture();
    root.destroyForcibly();
    await(root.onExit());
    killLeftovers();
  }

  /** Kills what outlived the process. A handle knows its start time: a reused id is safe. */
  void killLeftovers() {
    captureOrphans();
    for (ProcessHandle handle : seen) {
      handle.descendants().forEach(ProcessHandle::destroyForcibly);
      handle.destroyForcibly();
    }
    seen.forEach(handle -> await(handle.onExit()));
  }

  /**
   * Writes down what was started too late to be seen: on Linux, processes that began after ours in
   * its working directory.
   */
  private void captureOrphans() {
    ProcessHandle.allProcesses()
        .filter(p -> !p.info().startInstant().orElse(Instant.MIN).isBefore(began))
        .filter(this::worksHere)
        .forEach(seen::add);
  }

  private boolean worksHere(ProcessHandle process) {
    Path link = Path.of("/proc", Long.toString(process.pid()), "cwd");
    try {
      return Files.isSymbolicLink(link)
          && Files.readSymbolicLink(link).equals(workingDirectory.toRealPath());
    } catch (IOException e) {
      return false; // ended meanwhile, or somebody else's
    }
  }

  private static void await(CompletableFuture<?> exit) {
    boolean interrupted = Thread.interrupted();
    try {
      exit.get(5, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      interrupted = true;
    } catch (ExecutionException | TimeoutException e) {
      return; // a killed process that does not end hangs in the kernel: nothing is left to do
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }
}
