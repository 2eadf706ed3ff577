package dev.provisioner.terraform;

import dev.provisioner.secret.Secret;
import java.lang.reflect.InaccessibleObjectException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.RecordComponent;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.net.URI;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Checks variables, and parts those that hold secrets from the others. */
final class Variables {
  private static final Pattern NAME = Pattern.compile("[A-Za-z_][A-Za-z0-9_-]{0,127}");

  /** Names Terraform does not allow: they mean something in a module block. */
  private static final Set<String> RESERVED =
      Set.of(
          "source",
          "version",
          "providers",
          "count",
          "for_each",
          "lifecycle",
          "depends_on",
          "locals");

  private static final int MAX_DEPTH = 200;

  private Variables() {}

  /** Returns a deep copy in the order of the names, of types that survive a round trip as JSON. */
  static Map<String, Object> normalised(Map<String, ?> variables) {
    Map<String, Object> copy = new TreeMap<>();
    variables.forEach(
        (name, value) -> {
          checkName(name);
          copy.put(name, value(name, value, 0));
        });
    return Collections.unmodifiableMap(copy);
  }

  /** Returns the variables without a secret, for a file. */
  static Map<String, Object> plain(Map<String, Object> variables) {
    Map<String, Object> plain = new LinkedHashMap<>(variables);
    plain.values().removeIf(Variables::holdsSecret);
    return plain;
  }

  /** Returns the variables that hold a secret, for the environment: name to text. */
  static Map<String, String> secret(Map<String, Object> variables) {
    Map<String, String> secret = new LinkedHashMap<>();
    variables.forEach(
        (name, value) -> {
          if (value instanceof Secret self) {
            secret.put(name, self.reveal());
          } else if (holdsSecret(value)) {
            secret.put(name, HclText.of(value));
          }
        });
    return secret;
  }

  /** Adds every secret value that stands among these. */
  static void collectSecrets(Object value, Collection<String> into) {
    if (value instanceof Secret secret) {
      into.add(secret.reveal());
    } else if (value instanceof Map<?, ?> map) {
      map.values().forEach(v -> collectSecrets(v, into));
    } else if (value instanceof List<?> list) {
      list.forEach(v -> collectSecrets(v, into));
    }
  }

  /** Returns the record's components as variables. */
  static Map<String, Object> components(Record values) {
    Map<String, Object> map = new TreeMap<>();
    for (RecordComponent component : values.getClass().getRecordComponents()) {
      Object value = read(values, component);
      if (value != null) {
        map.put(SnakeCase.of(component.getName()), value);
      }
    }
    return map;
  }

  private static void checkName(@Nullable String name) {
    if (name == null || !NAME.matcher(name).matches() || RESERVED.contains(name)) {
      throw new IllegalArgumentException(
          "A variable's name begins with a letter or '_', has up to 128 letters, digits, '_' and"
              + " '-', and is none of "
              + new TreeSet<>(RESERVED)
              + "; "
              + (name == null ? "null" : "'" + name.replaceAll("\\p{Cntrl}", "?") + "'")
              + " is not a name.");
    }
  }

  private static Object value(String at, @Nullable Object value, int depth) {
    if (depth > MAX_DEPTH) {
      throw refused(
          at.substring(0, Math.min(40, at.length())) + "…",
          "is nested deeper than 200 levels, or contains itself");
    }
    if (value instanceof Secret secret) {
      if (secret.reveal().indexOf('\0') >= 0) {
        throw refused(at, "is a secret with a NUL character, which no environment can hold");
      }
      return secret;
    } else if (value instanceof String || value instanceof Boolean) {
      return value;
    } else if (value instanceof Number number) {
      return number(at, number);
    } else if (value instanceof List<?> list) {
      List<Object> copy = new ArrayList<>();
      list.forEach(v -> copy.add(value(at + "[" + copy.size() + "]", v, depth + 1)));
      return Collections.unmodifiableList(copy);
    } else if (value instanceof Map<?, ?> map) {
      return map(at, map, depth);
    } else if (value instanceof Record record) {
      return map(at, components(record), depth);
    } else if (value instanceof Enum<?> constant) {
      return constant.name();
    } else if (value instanceof URI uri) {
      return uri.toString();
    }
    throw refused(
        at,
        value == null
            ? "is null; leave it out"
            : "is a "
                + value.getClass().getName()
                + "; use strings, numbers, booleans, Secret, lists, maps and records");
  }

  private static Map<String, Object> map(String at, Map<?, ?> map, int depth) {
    Map<String, Object> copy = new TreeMap<>();
    map.forEach(
        (key, v) -> {
          if (!(key instanceof String name)) {
            throw refused(at, "is a map with a key that is no string");
          }
          copy.put(name, value(at + "." + name, v, depth + 1));
        });
    return Collections.unmodifiableMap(copy);
  }

  /** Returns the number as a JSON reader would, so that specs are equal after a round trip. */
  private static Object number(String at, Number number) {
    if (number instanceof Double || number instanceof Float) {
      if (!Double.isFinite(number.doubleValue())) {
        throw refused(at, "is not a finite number");
      }
      return number.doubleValue();
    }
    if (number instanceof BigDecimal decimal) {
      double rounded = decimal.doubleValue();
      if (!Double.isFinite(rounded) || BigDecimal.valueOf(rounded).compareTo(decimal) != 0) {
        throw refused(at, "has more digits than a JSON number keeps; give it as a string");
      }
      return rounded;
    }
    BigInteger integer = new BigInteger(number.toString());
    if (integer.bitLength() < Integer.SIZE) {
      return integer.intValue();
    }
    return integer.bitLength() < Long.SIZE ? (Object) integer.longValue() : integer;
  }

  private static boolean holdsSecret(Object value) {
    List<String> secrets = new ArrayList<>();
    collectSecrets(value, secrets);
    return !secrets.isEmpty();
  }

  private static @Nullable Object read(Record values, RecordComponent component) {
    try {
      Method accessor = component.getAccessor();
      accessor.setAccessible(true);
      return accessor.invoke(values);
    } catch (IllegalAccessException | InaccessibleObjectException e) {
      throw new IllegalArgumentException(
          "Cannot read "
              + values.getClass().getName()
              + "."
              + component.getName()
              + "; open its package to dev.provisioner.terraform.",
          e);
    } catch (InvocationTargetException e) {
      throw new IllegalArgumentException(
          "Reading " + values.getClass().getName() + "." + component.getName() + " failed.", e);
    }
  }

  private static IllegalArgumentException refused(String at, String why) {
    return new IllegalArgumentException("Variable '" + at + "' " + why + ".");
  }
}
