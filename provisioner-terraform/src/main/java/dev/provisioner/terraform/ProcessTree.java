package dev.provisioner.terraform;

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
  private final Set<ProcessHandle> seen = new LinkedHashSet<>();

  ProcessTree(Process root) {
    this.root = root;
  }

  /** Writes down who lives now. */
  void capture() {
    root.descendants().forEach(seen::add);
  }

  /** Kills the process and everything it was seen to have started, and waits until they are gone. */
  void kill() {
    capture();
    root.destroyForcibly();
    await(root.onExit());
    killLeftovers();
  }

  /** Kills what outlived the process. A handle knows its start time: a reused id is safe. */
  void killLeftovers() {
    for (ProcessHandle handle : seen) {
      handle.descendants().forEach(ProcessHandle::destroyForcibly);
      handle.destroyForcibly();
    }
    seen.forEach(handle -> await(handle.onExit()));
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
