package dev.provisioner.terraform;

import dev.provisioner.secret.Secret;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * Replaces known secret values in text that Terraform wrote, also as they look quoted, in a URL or
 * in Base64. Terraform hides what it knows to be sensitive; a provider's error message may not.
 */
final class Redactor {
  /** Shorter values are no secrets, and replacing them would make a message unreadable. */
  private static final int SHORTEST = 3;

  private final List<String> hidden;

  private Redactor(Collection<String> hidden) {
    this.hidden =
        hidden.stream()
            .filter(s -> s.length() >= SHORTEST)
            .sorted(Comparator.comparing(String::length).reversed())
            .toList();
  }

  static Redactor of(Collection<String> secrets) {
    Set<String> forms = new LinkedHashSet<>();
    for (String secret : secrets) {
      forms.add(secret);
      secret.lines().map(String::strip).filter(line -> line.length() >= 8).forEach(forms::add);
      String quoted = Json.text(secret);
      forms.add(quoted.substring(1, quoted.length() - 1));
      String hcl = HclText.of(secret);
      forms.add(hcl.substring(1, hcl.length() - 1));
      forms.add(URLEncoder.encode(secret, StandardCharsets.UTF_8));
      forms.add(Base64.getEncoder().encodeToString(secret.getBytes(StandardCharsets.UTF_8)));
    }
    return new Redactor(forms);
  }

  String redact(String text) {
    String redacted = text;
    for (String secret : hidden) {
      redacted = redacted.replace(secret, Secret.REDACTED);
    }
    return redacted;
  }
}
