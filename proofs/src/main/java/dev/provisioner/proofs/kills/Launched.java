package dev.provisioner.proofs.kills;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A quickstart that was started, in a process group of its own. */
record Launched(Process process, Path out, Processes processes, long began) {
  private static final Duration PATIENCE = Duration.ofMinutes(5);
  private static final Pattern STEP = Pattern.compile("  ([a-z-]+): [a-z]+");

  static Launched now(Process process, Path out, Processes processes) {
    return new Launched(process, out, processes, System.nanoTime());
  }

  String text() throws IOException {
    return Files.readString(out);
  }

  Duration age() {
    return Duration.ofNanos(System.nanoTime() - began);
  }

  /**
   * Waits for its end and returns whether all is as wanted. The sample counts the whole world, so
   * that it exits with 1 for what is the neighbour's, too; that alone is well.
   */
  boolean succeeds() throws InterruptedException, IOException {
    if (!ends(PATIENCE)) {
      Processes.signal("KILL", -process.pid()); // it is stuck
      process.waitFor();
    }
    String counted = text().replace("TOO MANY [" + Cloud.NEIGHBOUR + "]", "");
    return process.exitValue() == 0
        || (counted.contains("\ncounted\n")
            && !counted.contains("TOO MANY")
            && !counted.contains("MISSING")
            && !counted.contains("\nRun it again to go on with what failed."));
  }

  boolean ends(Duration within) throws InterruptedException {
    return process.waitFor(within.toNanos(), TimeUnit.NANOSECONDS);
  }

  /** Tells how it ended, with the last of what it wrote. */
  String verdict() throws IOException {
    String text = text().strip();
    return "exit code "
        + process.exitValue()
        + ": "
        + text.substring(Math.max(0, text.length() - 2000));
  }

  /** Tells what is going on: the Terraform commands that run, else what was told last. */
  String phase() throws IOException {
    List<String> commands =
        processes.terraforms().stream()
            .map(Processes.Marked::subcommand)
            .distinct()
            .sorted()
            .toList();
    if (!commands.isEmpty()) {
      return "terraform " + String.join("+", commands);
    }
    String text = text();
    if (text.contains("\ncounted") || text.contains("  bucket\n")) {
      return "end";
    }
    Matcher m = STEP.matcher(text);
    String step = "start";
    while (m.find()) {
      step = "step " + m.group(1);
    }
    return step;
  }
}
