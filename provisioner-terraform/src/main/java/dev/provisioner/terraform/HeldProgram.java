package dev.provisioner.terraform;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/**
 * A process that is there, so that it can be noted, before its program runs: until it is released a
 * shell holds the process id and waits for a line, then it becomes the program. If this JVM dies
 * before, the line never comes and the program never runs. So none runs that nobody knows of.
 *
 * <p>Not held are programs where there is no such shell (Windows), and those with a variable that a
 * shell may not pass on because its name is none in a shell.
 *
 * @param process the process; its standard input is for {@link #release} alone
 * @param held whether it waits to be released
 */
record HeldProgram(Process process, boolean held) {
  private static final Path SHELL = Path.of("/bin/sh");
  private static final String WAIT = "read -r PROVISIONER_GO && exec \"$0\" \"$@\"";
  private static final Pattern PASSED_ON = Pattern.compile("[A-Za-z_][A-Za-z0-9_]*");
  private static final int NOT_EXECUTABLE = 126;
  private static final int NOT_FOUND = 127;

  /** Starts a process whose program is found by the {@code PATH} that it is given. */
  static HeldProgram start(ProcessBuilder program) throws IOException {
    boolean held =
        Files.isExecutable(SHELL)
            && program.environment().keySet().stream().allMatch(PASSED_ON.asMatchPredicate());
    if (held) {
      List<String> command = new ArrayList<>(List.of(SHELL.toString(), "-c", WAIT));
      command.addAll(program.command());
      program.command(command);
    }
    return new HeldProgram(program.start(), held);
  }

  /** Lets the program run, with nothing to read. */
  void release() {
    try (OutputStream in = process.getOutputStream()) {
      if (held) {
        in.write('\n');
      }
    } catch (IOException e) {
      // It was killed meanwhile; its exit code says so.
    }
  }

  /** Returns whether, by this exit code, the shell may not have found the program. */
  boolean mayNotHaveRun(int exitCode) {
    return held && (exitCode == NOT_EXECUTABLE || exitCode == NOT_FOUND);
  }
}
