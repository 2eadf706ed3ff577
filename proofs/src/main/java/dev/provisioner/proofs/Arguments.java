package dev.provisioner.proofs;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The arguments of a command: {@code --name number}, each with a default. Whatever is not known, or
 * is not a number within its range, is refused before anything is done.
 */
public final class Arguments {
  private final String command;
  private final Map<String, Option> options = new LinkedHashMap<>();

  private record Option(long initial, long least, long most, String meaning) {}

  private Arguments(String command) {
    this.command = command;
  }

  /** The arguments of a command. */
  public static Arguments of(String command) {
    return new Arguments(command);
  }

  /** An option with its default and the least and the most that it may be. */
  public Arguments option(String name, long initial, long least, long most, String meaning) {
    options.put(name, new Option(initial, least, most, meaning));
    return this;
  }

  /** Reads a command line; ends this process with the usage if it is not one, or asks for help. */
  public Values readOrExit(String... line) {
    if (List.of(line).contains("--help")) {
      System.out.print(usage());
      System.exit(0);
    }
    try {
      return read(line);
    } catch (IllegalArgumentException e) {
      System.err.println(e.getMessage());
      System.err.print(usage());
      System.exit(2);
      throw e;
    }
  }

  /** Reads a command line. */
  public Values read(String... line) {
    Map<String, Long> values = new LinkedHashMap<>();
    options.forEach((name, option) -> values.put(name, option.initial()));
    List<String> rest = new ArrayList<>(List.of(line));
    while (!rest.isEmpty()) {
      String name = rest.remove(0);
      Option option = name.startsWith("--") ? options.get(name.substring(2)) : null;
      if (option == null) {
        throw new IllegalArgumentException(command + ": there is no option '" + name + "'.");
      }
      if (rest.isEmpty()) {
        throw new IllegalArgumentException(command + ": " + name + " needs a number.");
      }
      values.put(name.substring(2), number(name, rest.remove(0), option));
    }
    return new Values(values);
  }

  private long number(String name, String text, Option option) {
    try {
      long number = Long.parseLong(text.replace("_", ""));
      if (number >= option.least() && number <= option.most()) {
        return number;
      }
    } catch (NumberFormatException e) {
      // told below
    }
    throw new IllegalArgumentException(
        "%s: %s is to be a number from %d to %d, not '%s'."
            .formatted(command, name, option.least(), option.most(), text));
  }

  private String usage() {
    StringBuilder usage = new StringBuilder("proofs/run " + command + "\n");
    options.forEach(
        (name, option) ->
            usage.append(
                "  --%-12s %s (%d)%n".formatted(name, option.meaning(), option.initial())));
    return usage.toString();
  }

  /** What was read. */
  public record Values(Map<String, Long> values) {
    /** The value of an option that was declared. */
    public long get(String name) {
      Long value = values.get(name);
      if (value == null) {
        throw new IllegalArgumentException("No option '" + name + "' was declared.");
      }
      return value;
    }

    /** The value of an option whose range fits an int. */
    public int count(String name) {
      return Math.toIntExact(get(name));
    }
  }
}
