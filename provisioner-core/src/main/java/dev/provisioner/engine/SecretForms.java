package dev.provisioner.engine;

import com.fasterxml.jackson.core.io.JsonStringEncoder;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;

/**
 * The forms in which a secret may stand in what a client says: itself, its lines, in JSON, in a
 * URL, and in Base64, also as a part of what was encoded ({@code user:password}).
 */
final class SecretForms {
  private static final int SHORTEST_PART = 8;

  private SecretForms() {}

  static List<String> of(String secret) {
    List<String> forms = new ArrayList<>();
    forms.add(secret);
    secret.lines().map(String::strip).filter(SecretForms::longEnough).forEach(forms::add);
    forms.add(new String(JsonStringEncoder.getInstance().quoteAsString(secret)));
    String url = URLEncoder.encode(secret, StandardCharsets.UTF_8);
    forms.add(url);
    forms.add(url.replace("+", "%20"));
    byte[] bytes = secret.getBytes(StandardCharsets.UTF_8);
    for (Base64.Encoder base64 : List.of(Base64.getEncoder(), Base64.getUrlEncoder())) {
      forms.add(base64.encodeToString(bytes));
      for (int before = 0; before < 3; before++) {
        forms.add(part(base64, bytes, before));
      }
    }
    forms.removeIf(form -> !form.equals(secret) && !longEnough(form));
    return forms;
  }

  /** The characters that stand for these bytes alone, whatever is encoded before and after. */
  private static String part(Base64.Encoder base64, byte[] bytes, int before) {
    byte[] shifted = new byte[before + bytes.length];
    System.arraycopy(bytes, 0, shifted, before, bytes.length);
    String encoded = base64.withoutPadding().encodeToString(shifted);
    int from = (before * 8 + 5) / 6;
    int to = shifted.length * 8 / 6;
    return encoded.substring(Math.min(from, to), to);
  }

  private static boolean longEnough(String form) {
    return form.length() >= SHORTEST_PART;
  }
}
