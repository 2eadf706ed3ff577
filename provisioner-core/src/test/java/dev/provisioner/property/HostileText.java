package dev.provisioner.property;

import java.text.Normalizer;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.random.RandomGenerator;
import java.util.stream.Stream;

/**
 * Texts made to be taken for something else: a path, a command, a line of a log, another text; or
 * to be lost on their way through an encoding, or to be too long.
 */
public final class HostileText {
  /** Each alone, and together in what is made at random. */
  public static final List<String> EDGES =
      List.of(
          "",
          " ",
          "a",
          "acme",
          "Acme",
          "ACME",
          "acme.",
          " acme",
          "acme\n",
          "a-b/c-d",
          "a--b",
          "-a",
          ".",
          "..",
          "../x",
          "../../etc/passwd",
          "..\\..\\x",
          "/etc/passwd",
          "C:\\x",
          "\\\\host\\x",
          "file:///x",
          "a/b",
          "a\\b",
          "a:b",
          "~",
          "%2e%2e%2f",
          "%00",
          "con",
          "NUL.txt",
          "com1",
          "*",
          "?",
          "$(id)",
          "`id`",
          "${x}",
          "%{x}",
          "-rf",
          "--help",
          "';--",
          "\"",
          "{}",
          "<x>",
          "a\r\nERROR forged",
          "\u001b[2J",
          "\u0000",
          "a\u0000b",
          "\u007f",
          "\u0085",
          "\u2028",
          "\u2029",
          "\u202eemca",
          "\u2066a",
          "\u200b",
          "ac\u200bme",
          "ac\u00adme",
          "\ufeffacme",
          "\u00a0acme",
          "\u3000",
          "\u0430cme",
          "k",
          "K",
          "\u212a",
          "i",
          "I",
          "\u0130",
          "\u0131",
          "i\u0307",
          "caf\u00e9",
          "cafe\u0301",
          "\u0301",
          "\u00df",
          "ss",
          "\ufb01",
          "fi",
          "\uff0e",
          "\u2024\u2024/",
          "\ufdfa",
          "\u682a\u5f0f\u4f1a\u793e",
          "\ud83d\ude00",
          "\ud83d",
          "\ude00\ud83d",
          "a\udc00",
          "\uffff",
          "\udbff\udfff",
          "a".repeat(63),
          "a".repeat(64),
          "a".repeat(255),
          "a".repeat(256),
          "a".repeat(512),
          "a".repeat(513),
          "\u00e9".repeat(256),
          "\u00e9".repeat(257),
          "\ufdfa".repeat(170),
          "\ud83d\ude00".repeat(128),
          "a/".repeat(300),
          "../".repeat(170),
          "a".repeat(100_000));

  private static final String PLAIN = "abcdefghijklmnopqrstuvwxyz0123456789-/";
  private static final String ODD =
      "aA0-_./\\:%$~*?\"' \t\r\n\u0000\u001b\u007f\u0085\u00a0\u00ad\u00e9\u0130\u00df\u0301\u0430"
          + "\u200b\u200d\u2024\u2028\u2029\u202e\u212a\u3000\ud800\udc00\ufdfa\ufeff\uff0e";
  private static final int LONGEST = 600;

  private HostileText() {}

  /** Returns a property of hostile texts. */
  public static Property<String> property() {
    return Property.of(EDGES, HostileText::any).shrunkBy(HostileText::smaller);
  }

  /** Makes a text, of at most 600 characters as a rule. */
  public static String any(RandomGenerator random) {
    return switch (random.nextInt(6)) {
      case 0 -> chars(ODD, 1 + random.nextInt(20), random);
      case 1 -> units(random);
      case 2 -> codePoints(random);
      case 3 -> edges(random);
      case 4 -> spoilt(chars(PLAIN, 1 + random.nextInt(70), random), random);
      default -> spoilt("a" + chars(PLAIN, random.nextInt(20), random), random);
    };
  }

  private static String chars(String of, int length, RandomGenerator random) {
    StringBuilder text = new StringBuilder();
    for (int n = length; n > 0; n--) {
      text.append(of.charAt(random.nextInt(of.length())));
    }
    return text.toString();
  }

  /** More short ones than long ones. */
  private static int length(RandomGenerator random) {
    return random.nextInt(1 + random.nextInt(LONGEST));
  }

  private static String units(RandomGenerator random) {
    StringBuilder text = new StringBuilder();
    for (int n = length(random); n > 0; n--) {
      text.append((char) random.nextInt(Character.MAX_VALUE + 1));
    }
    return text.toString();
  }

  private static String codePoints(RandomGenerator random) {
    StringBuilder text = new StringBuilder();
    for (int n = length(random) / 2; n > 0; n--) {
      text.appendCodePoint(random.nextInt(Character.MAX_CODE_POINT + 1));
    }
    return text.toString();
  }

  private static String edges(RandomGenerator random) {
    StringBuilder text = new StringBuilder();
    for (int n = 1 + random.nextInt(4); n > 0; n--) {
      text.append(EDGES.get(random.nextInt(EDGES.size() - 1))); // without the very long one
    }
    return text.toString();
  }

  /** Changes a character, or none. */
  private static String spoilt(String text, RandomGenerator random) {
    if (random.nextInt(4) == 0) {
      return text;
    }
    int at = random.nextInt(text.length() + 1);
    int end = Math.min(text.length(), at + random.nextInt(2));
    return text.substring(0, at) + chars(ODD, 1, random) + text.substring(end);
  }

  /** Returns other texts that people, file systems or tables may take for this one. */
  public static List<String> lookAlikes(String text) {
    List<String> alike = new ArrayList<>(List.of(text + ".", text + "\u200b", text + "/."));
    alike.add(text.toLowerCase(Locale.ROOT));
    alike.add(text.toUpperCase(Locale.ROOT));
    alike.add(text.replace('a', '\u0430'));
    alike.add(text.replaceAll("[^a-z0-9]+", "-"));
    for (Normalizer.Form form : Normalizer.Form.values()) {
      alike.add(Normalizer.normalize(text, form));
    }
    return alike.stream().distinct().filter(other -> !other.equals(text)).toList();
  }

  private static Stream<String> smaller(String text) {
    int half = text.length() / 2;
    return half == 0
        ? Stream.empty()
        : Stream.of(
            text.substring(0, half),
            text.substring(half),
            text.substring(1),
            text.substring(0, text.length() - 1));
  }
}
