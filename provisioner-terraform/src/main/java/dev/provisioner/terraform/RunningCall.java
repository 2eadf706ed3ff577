package dev.provisioner.terraform;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.charset.MalformedInputException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;

/**
 * The note of a Terraform process that works in a directory. It outlives the engine that started
 * the process, as the process itself does.
 *
 * @param pid the process id
 * @param started when it started, in milliseconds: a process with the same id that started at
 *     another time is another process; 0 if the system does not tell
 * @param command what it does, for people
 */
record RunningCall(long pid, long started, String command) {
  /** Start times are computed from the boot time, which moves a little when clocks are adjusted. */
  private static final long TOLERANCE_MILLIS = 2000;

  static void write(Path file, ProcessHandle process, String command) throws IOException {
    Map<String, Object> note =
        Map.of("pid", process.pid(), "started", startOf(process), "command", command);
    SecureFiles.writeAtomically(file, Json.text(note));
  }

  /** Returns the noted call if its process still lives. */
  static Optional<RunningCall> alive(Path file) throws IOException {
    try {
      JsonNode note = Json.parse(Files.readString(file));
      RunningCall call =
          new RunningCall(
              note.path("pid").asLong(),
              note.path("started").asLong(),
              note.path("command").asText(""));
      return Optional.of(call).filter(RunningCall::lives);
    } catch (NoSuchFileException | JsonProcessingException | MalformedInputException e) {
      return Optional.empty();
    }
  }

  private boolean lives() {
    return ProcessHandle.of(pid)
        .filter(ProcessHandle::isAlive)
        .filter(process -> process.info().command().isPresent()) // else it is a zombie
        .filter(process -> Math.abs(startOf(process) - started) <= TOLERANCE_MILLIS)
        .isPresent();
  }

  private static long startOf(ProcessHandle process) {
    return process.info().startInstant().map(Instant::toEpochMilli).orElse(0L);
  }
}
