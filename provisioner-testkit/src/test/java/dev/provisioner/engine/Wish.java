package dev.provisioner.engine;

import java.util.Map;
import java.util.TreeMap;

/** The input of the plans in these tests: what a tenant wishes, by key. */
record Wish(Map<String, String> values) {

  static Wish of(String key, String value) {
    return new Wish(Map.of(key, value));
  }

  static Wish none() {
    return new Wish(Map.of());
  }

  Wish with(String key, String value) {
    Map<String, String> more = new TreeMap<>(values);
    more.put(key, value);
    return new Wish(more);
  }

  String get(String key) {
    return values.getOrDefault(key, "none");
  }

  boolean has(String key) {
    return values.containsKey(key);
  }
}
